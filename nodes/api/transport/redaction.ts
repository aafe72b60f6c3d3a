import { listDecodings, type TracedText } from './escapes';

/** A text never shows this many characters of the key in a row. */
const RUN_LENGTH = 12;
/** A shorter form of a key also stands in ordinary words. Teamogy's keys are far longer (CLIENT). */
const MIN_FORM_LENGTH = 8;
const REPLACEMENT = '[API key]';
const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * The forms of a text within the Base64 of a longer text, one for each position. Characters that it shares with
 * its neighbours are left out.
 */
const toBase64Forms = (text: string): string[] =>
	[0, 1, 2]
		.map((before) =>
			btoa(' '.repeat(before) + text).slice(
				Math.ceil((before * 8) / 6),
				Math.floor(((before + text.length) * 8) / 6),
			),
		)
		.flatMap((form) => [form, form.replace(/\+/g, '-').replace(/\//g, '_')]);

/** Runs of characters to find in a text that is reduced to the alphabet; all have one length. */
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

function buildPattern(characters: string, forms: string[]): SearchPattern {
	const alphabet = new Set(characters.toLowerCase());
	const reduced = forms
		.map((form) => [...form.toLowerCase()].filter((character) => alphabet.has(character)).join(''))
		.filter((form) => form.length >= MIN_FORM_LENGTH);
	const length = Math.min(RUN_LENGTH, ...reduced.map((form) => form.length));
	return { alphabet, length, runs: new Set(reduced.flatMap((form) => listRuns(form, length))) };
}

/** Each form of the key is searched with all its characters, and with only its letters and digits. */
function buildPatterns(key: string): SearchPattern[] {
	const base64 = [`Bearer ${key}`, key].flatMap(toBase64Forms);
	return [
		buildPattern(key, [key]),
		buildPattern(`${ALPHANUMERIC}+/-_`, base64),
		buildPattern(ALPHANUMERIC, [key, ...base64]),
	];
}

/** The patterns of the last key: a run of the node has one key. */
let cached: { key: string; patterns: SearchPattern[] } | undefined;

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
 * characters, in another case, escaped up to five times, or in Base64.
 *
 * @param text up to a few thousand characters
 */
export function redact(text: string, key: string): string {
	if (cached?.key !== key) cached = { key, patterns: buildPatterns(key) };
	const { patterns } = cached;
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
