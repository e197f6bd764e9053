"""Local models: `model` is the front, a `session` holds what is loaded, and a batch goes through it in steps.

`chat` writes the prompt, `batch` forms the batches, `prefix` and `prefill` read what requests share once,
`lora` adds every row's own adapter, `decoding` and `draws` write the answer token by token, `score` weighs
given options, and `lines`, `watch` and `heads` tell how sure the model is of what it wrote.
"""

from quorate.agents.local.model import LocalModel, transformers

__all__ = ["LocalModel", "transformers"]
