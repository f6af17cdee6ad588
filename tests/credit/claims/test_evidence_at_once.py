"""A file of evidence is deleted at the moment in which a claim takes it: one of the two happens."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from models.claims import ClaimEvidence
from models.evidence import Evidence
from tests.credit.claims.claiming import ClaimScene


def test_a_claim_never_has_a_file_that_was_deleted_at_the_same_moment(scene: ClaimScene) -> None:
    clients = [scene.api.as_(scene.person) for _ in range(2)]
    for number in range(6):
        own = scene.evidence()
        body = scene.body(evidence=[own], activity_name=f"急性心梗溶栓时间窗研究立项之{number}")
        with ThreadPoolExecutor(2) as pool:
            claim = pool.submit(clients[0].post, "/me/claims", body)
            deletion = pool.submit(clients[1].delete, f"/evidence/{own}")
            got = (claim.result().status_code, deletion.result().status_code)
        assert got in ((201, 409), (422, 204)), (claim.result().json, deletion.result().json)
    gone = select(func.count()).select_from(ClaimEvidence).outerjoin(Evidence, Evidence.id == ClaimEvidence.evidence_id)
    assert scene.db.scalar(gone.where(Evidence.id.is_(None))) == 0
