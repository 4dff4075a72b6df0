"""The words that the service puts around its quotes, and in `model/` those for a language model, one template a file.

`onrecord.service.answers.prompts` reads and checks them.
"""
