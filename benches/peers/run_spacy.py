"""Requests through spaCy's rule-based matchers: its tokens, an EntityRuler with the inventory's names, a Matcher with verbs."""

import json
import sys
import time

import spacy
from spacy.matcher import Matcher

given = json.load(open(sys.argv[1]))
nlp = spacy.blank("en")
ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
patterns = [{"label": "HOST", "pattern": host["host"]} for host in given["inventory"]["hosts"]]
for name, group in given["inventory"]["groups"].items():
    patterns += [{"label": "GROUP", "pattern": alias} for alias in [name, *group["aliases"]]]
ruler.add_patterns(patterns)
matcher = Matcher(nlp.vocab)
for verb in "restart start stop reload enable disable update install uninstall copy tail check show list kill reboot run".split():
    matcher.add(verb, [[{"LOWER": verb}]])
times = []
for request in given["requests"]:
    best = float("inf")
    for turn in range(5):
        began = time.perf_counter()
        matcher(nlp(request))
        best = min(best, (time.perf_counter() - began) * 1000)
    times.append(best)
times.sort()
print(json.dumps({"p50": times[len(times) // 2], "p99": times[int(len(times) * 0.99)]}))
