"""Rule sets and their sources, for everybody; new versions and their first days, for the province's authority."""

from apiflask import APIBlueprint

from credit.access import AUTHORITY
from credit.errors import NoRuleSet, RuleSetNotNext
from credit.rules import editing
from credit.rules.editing import NewChoice
from credit.rules.rule_book import get_rule_set
from credit.rules.rule_sets import RuleSet
from service.api.credit.schemas.rule_sets import (
    ChoiceList,
    ChoiceNew,
    RuleSetChoiceOut,
    RuleSetList,
    RuleSetNew,
    RuleSetSummary,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.cursor_keys import by_code_and_number, by_number
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("rule_sets", __name__, tag="Rules")


@api.get("/rule-sets")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(RuleSetList)
def list_rule_sets(call: Call, query: Page) -> RuleSetList:
    """Show all versions of all rule sets: those of the program and those that were published here."""
    page = paged(
        query,
        by_code_and_number("code", "version"),
        lambda after, limit: editing.list_versions(call.db, after=after, limit=limit),
    )
    return RuleSetList.of(page, RuleSetSummary.model_validate)


@api.get("/rule-sets/<string:code>/versions/<string:version>")
@signed_in()
@refuses("no_rule_set")
@api.output(RuleSet)
def get_one_rule_set(call: Call, code: str, version: str) -> RuleSet:
    """Show one whole version: each number with its source."""
    if not (version.isascii() and version.isdigit() and len(version) < 8):
        raise NoRuleSet
    return get_rule_set(call.db, code, int(version))


@api.post("/rule-sets/<string:code>/versions")
@signed_in(roles=AUTHORITY, asks_otp=True)
@refuses("rule_set_not_next")
@api.input(RuleSetNew, arg_name="body")
@api.output(RuleSetSummary, status_code=201)
def publish_rule_set(call: Call, code: str, body: RuleSetNew) -> RuleSetSummary:
    """Publish the next version of a rule set. It is not used before it is chosen. Earlier grants don't change."""
    if body.content.code != code:
        raise RuleSetNotNext(field="code")
    editing.publish(call.db, rule_set=body.content, reason=body.reason, caller=call.caller, now=call.now)
    return RuleSetSummary.model_validate(body.content)


@api.post("/rule-set-choices")
@signed_in(roles=AUTHORITY, asks_otp=True)
@refuses("no_rule_set", "rule_set_changes_past")
@api.input(ChoiceNew, arg_name="body")
@api.output(RuleSetChoiceOut, status_code=201)
def choose_rule_set(call: Call, body: ChoiceNew) -> RuleSetChoiceOut:
    """Choose a version for activities from a day on. A year is judged by the version in force on its last day."""
    new = NewChoice(**body.model_dump())
    made = editing.choose(call.db, new=new, caller=call.caller, now=call.now)
    return RuleSetChoiceOut.model_validate(made)


@api.get("/rule-set-choices")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(ChoiceList)
def list_rule_set_choices(call: Call, query: Page) -> ChoiceList:
    """Show the choices, the last one first. Before the first choice ZJ-LEGACY is in force."""
    page = paged(
        query, by_number("position"), lambda before, limit: editing.list_choices(call.db, before=before, limit=limit)
    )
    return ChoiceList.of(page, RuleSetChoiceOut.model_validate)
