// How the search orders what it finds: pages of rules and tools first, lists of all last.
"use strict";

const RULE_OR_TOOL = /^(r|t)\/./;
const GUIDE = /^docs\/guides\//;
const IN_TITLE = 15;
const LIST = /^(CHANGELOG|docs\/contributing|docs\/evidence\/(coverage|deviations|matrix))/;

var Scorer = {
  // The page of a rule is found by its title; as an object it is a part of a chapter.
  score: ([page, , , , score, , kind]) => {
    if (kind === "object") return score - 20;
    const isNamed = kind === "title" || score >= IN_TITLE;
    if (isNamed && RULE_OR_TOOL.test(page)) return score + 20;
    if (GUIDE.test(page)) return score + 5;
    if (LIST.test(page)) return score - 10;
    return score;
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: IN_TITLE,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
