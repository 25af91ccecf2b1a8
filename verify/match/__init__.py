"""Finding the frames of an expectation in a capture.

`planner` makes an expectation ready for one capture; `search` looks for frames, one `State` after
another, with the `take` of each leaf; what relates packets to each other is in `relations`,
`pieces` and `segments`.
"""
