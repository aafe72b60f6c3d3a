/** A text with all that breaks on its way: accents, emoji, directions, escapes, white space. */
export const UNICODE =
	'Žluťoučký 🦄 “kůň” \u202Eעברית\u202C – e\u0301 %20 + & # \' " \\ \n\t 漢字 👩🏽‍💻';

/** Names that break what does not quote, trim or look up as it should. */
export const HOSTILE_NAMES = [
	"O'Brien & Sons",
	"'; DROP TABLE companies; --",
	"') OR (id>0",
	'100% "quoted" \\ + # ? /',
	' padded ',
	'čeština 漢字 🦄',
	'__proto__',
	'constructor',
	'null',
	'0',
	'false',
];
