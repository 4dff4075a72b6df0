"""Warnings are kept back for a while, and never for longer."""

import logging

import pytest

from onrecord.service.commands.terminal.quiet_logs import hushed


def test_a_hushed_logger_reports_errors_alone_and_afterwards_everything(caplog):
    logger = logging.getLogger("tests.hush")
    with hushed("tests.hush"):
        logger.warning("kept back")
        logger.error("shown")
    logger.warning("shown again")
    assert [record.message for record in caplog.records] == ["shown", "shown again"]


def test_it_ends_with_an_error_too(caplog):
    with pytest.raises(OSError, match="disk"), hushed("tests.hush"):
        raise OSError("disk")
    assert logging.getLogger("tests.hush").isEnabledFor(logging.WARNING)
