/** Characters as JSON, addresses and HTML write them: `\u0065`, `%65`, `&#x65;`, `&#101;`, `&amp;`. */
const ESCAPE =
	/\\{1,8}u(?<unit>[0-9a-f]{4})|\\{1,8}u\{(?<point>[0-9a-f]{1,6})\}|\\{1,8}x(?<byte>[0-9a-f]{2})|%(?<percent>[0-9a-f]{2})|&#x(?<hex>[0-9a-f]+);?|&#(?<decimal>\d+);?|&(?<entity>amp|lt|gt|quot|apos);|\\(?<escaped>["'\\/])/gi;
/** A text may have been escaped this often: by a server, a gateway, and JSON within JSON. */
const MAX_ESCAPES = 5;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** One character, and the range of the original text that it stands for. */
interface TracedCharacter {
	value: string;
	from: number;
	to: number;
}

/** A text whose characters know where they come from. */
export type TracedText = TracedCharacter[];

const toTraced = (text: string): TracedText =>
	text.split('').map((value, at) => ({ value, from: at, to: at + 1 }));

/** The character of an escape. The key is ASCII, so a space stands for any other character. */
const decodeEscape = ({ groups = {} }: RegExpMatchArray): string => {
	const { unit, point, byte, percent, hex, decimal, entity, escaped } = groups;
	if (escaped) return escaped;
	if (entity) return ENTITIES[entity.toLowerCase()];
	const code = decimal ? Number(decimal) : parseInt(unit ?? point ?? byte ?? percent ?? hex, 16);
	return code < 128 ? String.fromCharCode(code) : ' ';
};

/** Replaces each escape by its character. */
function decodeEscapes(traced: TracedText): TracedText {
	const result: TracedText = [];
	let end = 0;
	const text = traced.map(({ value }) => value).join('');
	for (const match of text.matchAll(ESCAPE)) {
		result.push(...traced.slice(end, match.index));
		end = match.index + match[0].length;
		const { from } = traced[match.index];
		result.push({ value: decodeEscape(match), from, to: traced[end - 1].to });
	}
	return end ? [...result, ...traced.slice(end)] : traced;
}

/** A text as it is, then with its escapes decoded once, twice, … as long as that changes it. */
export function listDecodings(text: string): TracedText[] {
	const decodings = [toTraced(text)];
	while (decodings.length <= MAX_ESCAPES) {
		const last = decodings[decodings.length - 1];
		const decoded = decodeEscapes(last);
		if (decoded.length === last.length) break;
		decodings.push(decoded);
	}
	return decodings;
}
