\set i random(1, {numbers})
\set wrong CASE WHEN random(1, 100) <= {wrong} THEN 1 ELSE 0 END
\set number {first} + :i
\set code {code_first} + (:i * {code_step}) % {codes} + :wrong
{query};
