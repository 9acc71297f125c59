"""What keeps a question from being answered: one sentence each. None of them holds a key, a body or a path."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from gullu.errors import DomainError


class InsightRefused(DomainError):
    """The root of them. `charged`: the service may have counted the call, so what was set aside for it is spent."""

    code = "insight_refused"
    charged: ClassVar[bool] = True


class NotConfigured(InsightRefused):
    code = "insight_not_configured"
    template = _("Written insights are not set up: %(names)s must be set.")


class QuestionEmpty(InsightRefused):
    code = "insight_question_empty"
    template = _("Write a question first.")


class QuestionTooLong(InsightRefused):
    code = "insight_question_too_long"
    template = _("The question has %(letters)s letters; at most %(most)s are sent. Make it shorter.")


class QuestionPersonal(InsightRefused):
    code = "insight_question_personal"
    template = _(
        "“%(text)s” looks like an e-mail address, a telephone number or an order number. Nothing about customers is "
        "sent to the language model: ask without it."
    )


class TooManyWaiting(InsightRefused):
    code = "insight_too_many_waiting"
    template = _("%(count)s of your questions are still being answered. Wait for them first.")


class BudgetReached(InsightRefused):
    code = "insight_budget_reached"
    template = _(
        "This month's budget of %(budget)s $ does not allow the next call: %(used)s $ are used, and it could cost up "
        "to %(worst)s $. Wait for the next month, or raise OPENAI_MONTHLY_BUDGET_USD."
    )
    charged = False


class KeyRefused(InsightRefused):
    code = "insight_key_refused"
    template = _("%(host)s does not accept the key (status %(status)s): check OPENAI_API_KEY.")
    charged = False


class TooManyRequests(InsightRefused):
    code = "insight_too_many_requests"
    template = _(
        "%(host)s takes no more questions now, or the account there has no credit left (status 429)."
    )
    charged = False


class RequestRefused(InsightRefused):
    code = "insight_request_refused"
    template = _(
        "%(host)s refused the question (status %(status)s): check OPENAI_MODEL “%(model)s” and OPENAI_BASE_URL."
    )
    charged = False


class ServiceFailed(InsightRefused):
    code = "insight_service_failed"
    template = _("%(host)s has a fault of its own (status %(status)s). Ask again later.")


class AnswerMalformed(InsightRefused):
    code = "insight_answer_malformed"
    template = _(
        "What %(host)s answered is not what a chat completion looks like: check OPENAI_BASE_URL, or ask again."
    )


class AnswerCutOff(InsightRefused):
    code = "insight_answer_cut_off"
    template = _("The answer was longer than allowed and was cut off. Ask for less at a time.")


class AnswerRefused(InsightRefused):
    code = "insight_answer_refused"
    template = _("The language model would not answer this question.")


class AnswerEmpty(InsightRefused):
    code = "insight_answer_empty"
    template = _("The language model answered nothing. Ask again in other words.")


class ArgumentsWrong(InsightRefused):
    code = "insight_arguments_wrong"
    template = _(
        "The language model asked “%(name)s” in a way that does not exist, again and again. Ask in other words."
    )


class EndlessQueries(InsightRefused):
    code = "insight_endless_queries"
    template = _(
        "The language model kept asking for figures without answering; it was stopped after %(calls)s queries."
    )


class TooManyTokens(InsightRefused):
    code = "insight_too_many_tokens"
    template = _(
        "The question needs too many figures (%(tokens)s tokens). Ask for a shorter period or for less."
    )


class TookTooLong(InsightRefused):
    code = "insight_took_too_long"
    template = _("The answer was not ready within %(seconds)s seconds and was given up.")
