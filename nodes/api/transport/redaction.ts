import { listDecodings, type TracedText } from './escapes';

/** A text never shows this many characters of the key in a row. */
const RUN_LENGTH = 12;
/** A shorter key also stands in ordinary words. Teamogy's keys are far longer (CLIENT). */
const MIN_KEY_LENGTH = 8;
const REPLACEMENT = '[API key]';
const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Runs of the key to find in a text that is reduced to the alphabet; all have one length. */
interface SearchPattern {
	/** In lower case. */
	alphabet: Set<string>;
	length: number;
	runs: Set<string>;
}

/** All parts of a text with the same length. */
const listRuns = (text: string, length: number): string[] =>
	Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) =>
		text.slice(at, at + length),
	);

function buildPattern(characters: string, key: string): SearchPattern {
	const alphabet = new Set(characters.toLowerCase());
	const reduced = [...key.toLowerCase()].filter((character) => alphabet.has(character)).join('');
	const length = Math.min(RUN_LENGTH, Math.max(MIN_KEY_LENGTH, reduced.length));
	return { alphabet, length, runs: new Set(listRuns(reduced, length)) };
}

/** The key is searched with all its characters, and with only its letters and digits. */
const buildPatterns = (key: string): SearchPattern[] => [
	buildPattern(key, key),
	buildPattern(ALPHANUMERIC, key),
];

/** The ranges of the original text that hold a run of a pattern. */
function findRanges(text: TracedText, pattern: SearchPattern): Array<{ from: number; to: number }> {
	const { alphabet, length, runs } = pattern;
	const reduced = text
		.map((character) => ({ ...character, value: character.value.toLowerCase() }))
		.filter(({ value }) => alphabet.has(value));
	const searched = reduced.map(({ value }) => value).join('');
	return listRuns(searched, length).flatMap((run, at) =>
		runs.has(run) ? [{ from: reduced[at].from, to: reduced[at + length - 1].to }] : [],
	);
}

/**
 * Replaces each part of a text that holds twelve characters in a row of the key: cut, split by other
 * characters, in another case, or escaped up to five times.
 *
 * @param text up to a few thousand characters
 */
export function redact(text: string, key: string): string {
	const patterns = buildPatterns(key);
	const isHidden = new Uint8Array(text.length);
	// Each decoding is searched, since the key itself may contain what looks like an escape.
	for (const decoded of listDecodings(text))
		for (const { from, to } of patterns.flatMap((pattern) => findRanges(decoded, pattern)))
			isHidden.fill(1, from, to);
	return text
		.split('')
		.map((character, at) => (!isHidden[at] ? character : isHidden[at - 1] ? '' : REPLACEMENT))
		.join('');
}
