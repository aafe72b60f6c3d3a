/** Responses of every kind a server, or what stands before it, may give: for tests that hold whatever comes. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Responder } from './strangeServer.mts';

/** A response as it is described in a report, and as it is sent. */
export interface AnyResponse {
	status: number;
	headers: Record<string, string>;
	body: string;
	/** How it ends: as a whole, with its end missing, with its connection broken, or never. */
	ends: 'whole' | 'cut' | 'reset' | 'dripping';
}

/** The names that the package looks for in responses, and those that JavaScript gives a meaning of its own. */
const NAMES = [
	...['id', 'number', 'name', 'data', 'metadata', 'count', 'limit', 'nextOffset', 'properties'],
	...['message', 'error', 'errors', 'title', 'detail', 'text', 'field', 'status', 'type'],
	...[
		'__proto__',
		'constructor',
		'toString',
		'valueOf',
		'toJSON',
		'then',
		'length',
		'hasOwnProperty',
	],
];

/** JSON as a text: so that a name may be `__proto__` and a number larger than numbers are. */
const scalar = fc.oneof(
	{ weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }).map(String) },
	fc.constantFrom('null', 'true', 'false', '0', '-1', '1.5', '1e999', '-0', '9007199254740993'),
	fc.constantFrom('"5"', '""', '"x"', '" "', '"\\u0000"', '"\\ud83d"', '"OPEN"', '"2026-11-20"'),
	fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(text)),
);
const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 5 }));
const { value } = fc.letrec<{ value: string }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 4, withCrossShrink: true },
		scalar,
		fc.array(tie('value'), { maxLength: 4 }).map((values) => `[${values.join(',')}]`),
		fc
			.array(fc.tuple(name, tie('value')), { maxLength: 5 })
			.map(
				(entries) => `{${entries.map(([key, of]) => `${JSON.stringify(key)}:${of}`).join(',')}}`,
			),
	),
}));

const object = (...fields: Array<[string, fc.Arbitrary<string>]>) =>
	fc.tuple(...fields.map(([, of]) => fc.option(of, { nil: undefined, freq: 8 }))).map((values) => {
		const entries = values.flatMap((of, index) =>
			of === undefined ? [] : [`"${fields[index][0]}":${of}`],
		);
		return `{${entries.join(',')}}`;
	});
const list = (of: fc.Arbitrary<string>, maxLength: number) =>
	fc.array(of, { maxLength }).map((values) => `[${values.join(',')}]`);

const row = fc.oneof(
	{ weight: 5, arbitrary: object(['id', scalar], ['name', scalar], ['properties', value]) },
	value,
);
const page = object(
	[
		'metadata',
		fc.oneof(object(['count', scalar], ['limit', scalar], ['nextOffset', scalar]), value),
	],
	['data', fc.oneof({ weight: 5, arbitrary: list(row, 60) }, value)],
);
const record = object(['id', scalar], ['number', scalar], ['name', scalar], ['data', value]);

/** Bodies that are large in one way or another. */
const large = fc.constantFrom(
	...['<title', '<html><h1 ', ' ', '. ', '"', '\u0301\u0323', 'x', '\\'].flatMap((piece) => {
		const text = piece.repeat(200_000 / piece.length);
		return [
			text,
			JSON.stringify({ message: text }),
			JSON.stringify({ data: [{ id: 5, name: text }] }),
		];
	}),
	...['[', '{"message":', '{"data":', '{"id":5,"name":['].map((open) => open.repeat(20_000)),
	`${'['.repeat(20_000)}${']'.repeat(20_000)}`,
	`{"id":5,"name":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
	`{"data":[{"id":5,"name":${'['.repeat(5_000)}${']'.repeat(5_000)}}]}`,
	`{"message":${'{"message":'.repeat(5_000)}1${'}'.repeat(5_001)}`,
	JSON.stringify(Array.from({ length: 20_000 }, (_, id) => ({ id, message: `Message ${id}` }))),
	JSON.stringify({ data: Array.from({ length: 3_000 }, (_, id) => ({ id })) }),
);

/** Bodies that repeat the key they were sent with, as it is or in a form it is known by. */
const echo = (key: string) =>
	fc
		.tuple(
			fc.constantFrom(
				key,
				`Bearer ${key}`,
				btoa(key),
				btoa(`Bearer ${key}`),
				encodeURIComponent(key),
				key.toLowerCase(),
				key.replace(/.{10}/g, '$&\n'),
			),
			fc.constantFrom(0, 5, 480, 495, 19_990),
			fc.nat(4),
		)
		.map(([text, before, shape]) => {
			const said = `${'x'.repeat(before)} ${text}`;
			return [
				said,
				JSON.stringify({ message: said }),
				JSON.stringify({ request: { headers: { authorization: said } } }),
				JSON.stringify([{ field: said, text: said }]),
				`<!doctype html><html><title>${said}</title>`,
			][shape];
		});

const waits = [
	'0.01',
	'1767225600',
	'-1',
	'soon',
	'9'.repeat(300),
	'Fri, 31 Dec 9999 23:59:59 GMT',
];
const headers = fc.oneof(
	fc.constant({}),
	fc.constantFrom(...waits).map((wait) => ({ 'retry-after': wait })),
	fc
		.constantFrom(
			'text/html',
			'text/plain',
			'application/xml',
			'x',
			'application/json;charset=utf-16',
		)
		.map((type) => ({ 'content-type': type })),
	fc.constantFrom(
		{ location: '/login' },
		{ location: 'http://127.0.0.1:1/' },
		{ 'content-encoding': 'gzip' },
		{ 'content-encoding': 'br' },
		{ date: 'soon', 'retry-after': 'Fri, 20 Nov 2026 12:00:00 GMT' },
		{ 'set-cookie': 'a=b' },
		{ 'transfer-encoding': 'chunked' },
	),
) as fc.Arbitrary<Record<string, string>>;

const status = fc.oneof(
	{ weight: 4, arbitrary: fc.constantFrom(200, 201) },
	{ weight: 2, arbitrary: fc.constantFrom(204, 202, 206, 299) },
	{ weight: 2, arbitrary: fc.constantFrom(400, 401, 403, 404, 405, 408, 409, 413, 414, 422) },
	{ weight: 2, arbitrary: fc.constantFrom(429, 500, 501, 502, 503, 504, 599) },
	{ weight: 1, arbitrary: fc.constantFrom(300, 301, 302, 304, 307) },
	{ weight: 1, arbitrary: fc.integer({ min: 200, max: 599 }) },
);

/** One response of any kind. */
export const anyResponse = (key: string): fc.Arbitrary<AnyResponse> =>
	fc.record({
		status,
		headers,
		body: fc.oneof(
			{ weight: 6, arbitrary: page },
			{ weight: 4, arbitrary: record },
			{ weight: 2, arbitrary: value },
			{ weight: 1, arbitrary: large },
			{ weight: 2, arbitrary: echo(key) },
			{ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 50 }) },
			{ weight: 1, arbitrary: fc.constant('') },
			{ weight: 1, arbitrary: page.map((text) => text.slice(0, text.length / 2)) },
			{ weight: 1, arbitrary: page.map((text) => `\ufeff${text}`) },
		),
		ends: fc.oneof(
			{ weight: 20, arbitrary: fc.constant('whole' as const) },
			{ weight: 2, arbitrary: fc.constantFrom('cut' as const, 'reset' as const) },
			{ weight: 1, arbitrary: fc.constant('dripping' as const) },
		),
	});

/** Gives the responses one after the other, the last of them again and again. */
export const inTurn =
	(responses: AnyResponse[]): Responder =>
	(response, _request, nth) => {
		const {
			status: code,
			headers: own,
			body,
			ends,
		} = responses[Math.min(nth, responses.length) - 1];
		if (ends === 'reset') return void response.destroy();
		const isGzip = own['content-encoding'] === 'gzip' && body.length % 2 === 0;
		const bytes = isGzip ? gzipSync(body) : Buffer.from(body);
		response.writeHead(code, { 'content-type': 'application/json', ...own });
		if (ends === 'whole') return void response.end(bytes);
		response.write(bytes.subarray(0, bytes.length / 2));
		if (ends === 'cut') return void setTimeout(() => response.destroy(), 5);
		const drops = setInterval(() => response.write(' '), 20);
		response.on('close', () => clearInterval(drops));
	};
