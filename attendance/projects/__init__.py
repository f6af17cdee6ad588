"""Projects (项目): their facts, numbers, levels, conditions, states, and who may do what to them."""
