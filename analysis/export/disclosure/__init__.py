"""What a data set would disclose, how its answers are made coarser, and the proof that nothing else got out.

Answers:
    risk              how many people share a combination of answers
    circumstances     how sessions were held, among what others may know
    answer_coding     options of an answer -> fewer, coarser levels
    withholding       coded rows -> cells to withhold, so that every combination is shared
    coding_search     the codings that lose least
    sensitive         answers that nobody else knows
    diversity         what a group of equal people gives away
    generalising      all of these: answers -> answers that enough people share
Everything else:
    remarks           what in free text may name somebody, and the file in which a person passes remarks
    spellings         a moment in the usual spellings
    text_identifiers  dates, paths and addresses within texts
    identifiers       every identifying value of the source
    tokens, places    texts as words, files as places where a value can stand
    leak_scan         every byte of a folder against those values
    linkage           who could still be matched by somebody who holds the original
    account           what an export did, for the report
    disclosure_page   the report for a data-protection officer
"""

from __future__ import annotations
