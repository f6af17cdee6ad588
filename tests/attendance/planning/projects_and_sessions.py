"""What the tests of projects and sessions share with others."""

SESSION = {
    "title": "第一天上午",
    "starts_at": "2026-11-24T08:30:00+08:00",
    "ends_at": "2026-11-24T11:30:00+08:00",
    "venue": "一号会议厅",
}


FENCE = {"latitude": 30.25, "longitude": 120.17, "radius_m": 300}
