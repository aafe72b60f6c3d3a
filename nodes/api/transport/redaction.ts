/** A text never shows this many characters of the key in a row. */
const RUN_LENGTH = 12;
/** A shorter form of a key also stands in ordinary words. Teamogy's keys are far longer (CLIENT). */
const MIN_FORM_LENGTH = 8;
const REPLACEMENT = '[API key]';
const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * Characters as JSON, addresses, HTML and bytes in JSON write them: `\u0065`, `%65`, `&#x65;`, `&#101;`,
 * `&amp;`, `[101,121]`. Last what may stand between characters: the index in `"0":"e","1":"y"`, and tags.
 */
const ESCAPE =
	/\\{1,8}u([0-9a-f]{4})|\\{1,8}u\{([0-9a-f]{1,6})\}|\\{1,8}x([0-9a-f]{2})|%([0-9a-f]{2})|&#x([0-9a-f]+);?|(?:&#|[[,] ?(?=\d{2,3} ?[,\]]))(\d+);?|&(amp|lt|gt|quot|apos);|\\(["'\\/])|"\d{1,5}" ?:|<[^<>]*>/gi;
/** A text may have been escaped this often: by a server, a gateway, and JSON within JSON. */
const MAX_ESCAPES = 5;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** One character, and the range of the original text that it stands for. */
interface TracedCharacter {
	value: string;
	from: number;
	to: number;
}

const toTracedCharacters = (text: string): TracedCharacter[] =>
	text.split('').map((value, at) => ({ value, from: at, to: at + 1 }));

const joinCharacters = (traced: TracedCharacter[]): string =>
	traced.map(({ value }) => value).join('');

/** The character of an escape. The key is ASCII, so a space stands for any other character. */
const decodeEscape = ([, ...groups]: RegExpMatchArray): string => {
	const [decimal, entity, plain] = groups.slice(5);
	if (plain) return plain;
	if (entity) return ENTITIES[entity.toLowerCase()];
	// Without a code, what stands between characters: NaN.
	const code = decimal ? Number(decimal) : parseInt(groups.slice(0, 5).join(''), 16);
	return code < 128 ? String.fromCharCode(code) : ' ';
};

/** Replaces each escape by its character. */
function decodeEscapes(traced: TracedCharacter[]): TracedCharacter[] {
	const result: TracedCharacter[] = [];
	let end = 0;
	for (const match of joinCharacters(traced).matchAll(ESCAPE)) {
		result.push(...traced.slice(end, match.index));
		end = match.index + match[0].length;
		const { from } = traced[match.index];
		result.push({ value: decodeEscape(match), from, to: traced[end - 1].to });
	}
	return end ? [...result, ...traced.slice(end)] : traced;
}

/** Keeps the characters of the alphabet, in lower case. */
const keepAlphabet = (traced: TracedCharacter[], alphabet: Set<string>): TracedCharacter[] =>
	traced
		.map((character) => ({ ...character, value: character.value.toLowerCase() }))
		.filter(({ value }) => alphabet.has(value));

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
	alphabet: Set<string>;
	length: number;
	runs: Set<string>;
}

/** Each form of the key is searched with all its characters, and with only its letters and digits. */
function buildPatterns(key: string): SearchPattern[] {
	const base64 = [`Bearer ${key}`, key].flatMap(toBase64Forms);
	const searched: Array<[characters: string, forms: string[]]> = [
		[key, [key]],
		[`${ALPHANUMERIC}+/-_`, base64],
		[ALPHANUMERIC, [key, ...base64]],
	];
	return searched.map(([characters, forms]) => {
		const alphabet = new Set(characters.toLowerCase());
		const reduced = forms
			.map((form) => joinCharacters(keepAlphabet(toTracedCharacters(form), alphabet)))
			.filter((form) => form.length >= MIN_FORM_LENGTH);
		const length = Math.min(RUN_LENGTH, ...reduced.map((form) => form.length));
		const runs = reduced.flatMap((form) =>
			Array.from({ length: form.length - length + 1 }, (_, at) => form.slice(at, at + length)),
		);
		return { alphabet, length, runs: new Set(runs) };
	});
}

/** The patterns of the last key: a run of the node has one key. */
let cached: { key: string; patterns: SearchPattern[] } | undefined;

/**
 * Replaces each part of a text that holds twelve characters in a row of the key: cut, split by other
 * characters, in another case, escaped up to five times, or in Base64.
 *
 * @param text up to a few thousand characters
 */
export function redact(text: string, key: string): string {
	if (cached?.key !== key) cached = { key, patterns: buildPatterns(key) };
	const isHidden = new Uint8Array(text.length);
	// Each level of escapes is searched, since the key itself may contain what looks like an escape.
	let level = toTracedCharacters(text);
	for (let escapes = 0; escapes <= MAX_ESCAPES; escapes++) {
		for (const { alphabet, length, runs } of cached.patterns) {
			const reduced = keepAlphabet(level, alphabet);
			const searched = joinCharacters(reduced);
			for (let at = 0; at + length <= searched.length; at++)
				if (runs.has(searched.slice(at, at + length)))
					isHidden.fill(1, reduced[at].from, reduced[at + length - 1].to);
		}
		const unescaped = decodeEscapes(level);
		if (unescaped.length === level.length) break;
		level = unescaped;
	}
	return text
		.split('')
		.map((character, at) => (!isHidden[at] ? character : isHidden[at - 1] ? '' : REPLACEMENT))
		.join('');
}
