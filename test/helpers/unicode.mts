/** A text with all that breaks on its way: accents, emoji, directions, escapes, white space. */
export const UNICODE =
	'Žluťoučký 🦄 “kůň” \u202Eעברית\u202C – e\u0301 %20 + & # \' " \\ \n\t 漢字 👩🏽‍💻';
