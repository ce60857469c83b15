"""What platform and trainers agree on, each thing stated once; the standard library only.

`templates` parses chat templates with Jinja: it is loaded where somebody takes a model in.

Beside it the platform imports of `training` only `training.<stage>.spec`
(docs/decisions/0011-a-stage-is-a-folder-on-both-sides.md).
"""
