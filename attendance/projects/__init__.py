"""Projects (项目): their facts, numbers, levels, conditions and states, and who may read or change them."""
