"""What a data set would disclose, how its answers are made coarser, and the proof that nothing else got out.

risk            how many people share a combination of answers
answer_coding   options of an answer -> fewer, coarser levels
withholding     coded rows -> which cells are withheld so that every combination is shared
generalising    answers -> answers that enough people share (k-anonymity), l-diversity
remarks         names, addresses and numbers in free text, and the file in which a person passes remarks
spellings       a moment in the usual spellings
text_identifiers  dates, paths and addresses within texts
identifiers     every identifying value of the source
leak_scan       every byte of a folder against those values
linkage         who could still be matched by somebody who holds the original
disclosure_page the report for a data-protection officer
"""

from __future__ import annotations
