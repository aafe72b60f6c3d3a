/** No twelve characters in a row of the API key in any message, whatever a server makes of it. */
import fc from 'fast-check';
import type { InvalidInput } from '../../../../nodes/api/common/invalidInput.js';
import {
	jestModule,
	toTeamogyError,
	type RequestFailure,
} from '../../../helpers/transport/client.mts';

const { redact } = jestModule<{ redact(text: string, key: string): string }>(
	'nodes/api/transport/redaction.js',
);
const { readAccount } = jestModule<{ readAccount(fields: object): object }>(
	'nodes/n8n/credential.js',
);

const SEED = 20_261_127;
const RUN = 12;

const part = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url');
/** Keys as Teamogy makes them: JSON Web Tokens (CLIENT). */
const keys = fc
	.record({
		userId: fc.nat(),
		iat: fc.nat(),
		ranges: fc.array(fc.ipV4(), { maxLength: 3 }),
		signature: fc.uint8Array({ minLength: 24, maxLength: 48 }),
	})
	.map(({ signature, ...claims }) =>
		[
			part({ alg: 'HS256', typ: 'JWT' }),
			part(claims),
			Buffer.from(signature).toString('base64url'),
		].join('.'),
	);

const hex = (character: string, width: number): string =>
	character.charCodeAt(0).toString(16).padStart(width, '0');
/** How a server may write a single character. */
const WRITINGS: Array<(character: string) => string> = [
	(character) => character,
	(character) => `%${hex(character, 2)}`,
	(character) => `%${hex(character, 2).toUpperCase()}`,
	(character) => `%25${hex(character, 2)}`,
	(character) => `\\u${hex(character, 4)}`,
	(character) => `\\\\u${hex(character, 4)}`,
	(character) => `\\u{${hex(character, 2)}}`,
	(character) => `\\x${hex(character, 2)}`,
	(character) => `&#x${hex(character, 2)};`,
	(character) => `&#${character.charCodeAt(0)};`,
	(character) => `&amp;#${character.charCodeAt(0)};`,
	(character) => `&#${String(character.charCodeAt(0)).padStart(12, '0')};`,
	(character) => `&#x${hex(character, 12)};`,
];
const separators = fc.constantFrom('', ' ', '\n', '\t', '", "', ' … ', '|', '\\n', '\u200b', ', ');

/** What a server may make of the key: a part of it, in pieces, each character in a way of its own. */
const echoes = (key: string) =>
	fc
		.record({
			from: fc.nat(key.length - RUN),
			length: fc.integer({ min: RUN, max: key.length }),
			size: fc.integer({ min: 1, max: 40 }),
			separator: separators,
			writings: fc.array(fc.constantFrom(...WRITINGS), { minLength: 1, maxLength: 7 }),
			recase: fc.constantFrom<(text: string) => string>(
				(text) => text,
				(text) => text.toLowerCase(),
				(text) => text.toUpperCase(),
			),
		})
		.map(({ from, length, size, separator, writings, recase }) => {
			const text = recase(key.slice(from, from + length));
			const written = [...text].map((character, at) => writings[at % writings.length](character));
			const pieces: string[] = [];
			for (let at = 0; at < written.length; at += size)
				pieces.push(written.slice(at, at + size).join(''));
			return pieces.join(separator);
		});

/** What a reader can make of a message: escapes undone, and what stands between the characters left out. */
const legible = (text: string): string[] => {
	let plain = text;
	for (let level = 0; level < 4; level++) {
		plain = plain
			.replace(/\\+u\{?([0-9a-f]{2,4})\}?|\\+x([0-9a-f]{2})|%([0-9a-f]{2})/gi, (_, ...codes) =>
				String.fromCharCode(parseInt(codes.slice(0, 3).join(''), 16)),
			)
			.replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
			.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
			.replaceAll('&amp;', '&');
	}
	return [text, plain, text.replace(/[^\w.-]/g, ''), plain.replace(/[^\w.-]/g, '')].map((one) =>
		one.toLowerCase(),
	);
};

const expectNoRun = (key: string, ...texts: unknown[]): void => {
	const wanted = key.toLowerCase();
	for (const text of texts.flatMap((one) => legible(String(one)))) {
		for (let at = 0; at + RUN <= wanted.length; at++) {
			const run = wanted.slice(at, at + RUN);
			if (text.includes(run)) throw new Error(`${run} stands in ${text}`);
		}
	}
};

const shapes: Array<(echo: string) => unknown> = [
	(echo) => echo,
	(echo) => ({ message: `Refused: ${echo}` }),
	(echo) => ({ errors: [{ field: 'authorization', message: echo }, { detail: 'Bearer' }] }),
	(echo) => ({ [echo]: 'is not known' }),
	(echo) => ({ request: { headers: [{ authorization: echo }] } }),
	(echo) => `<html><head><title>Not allowed: ${echo}</title></head></html>`,
	(echo) => `${'x'.repeat(480)} ${echo} ${echo}`,
	(echo) => ({ message: JSON.stringify(JSON.stringify({ echo })) }),
];

const failures = (body: unknown): RequestFailure[] => [
	{ kind: 'status', status: 400, body, headers: {} },
	{ kind: 'unreadable', status: 200, body },
	{ kind: 'throttled', status: 429, waitedMs: 1000, body },
	{ kind: 'network', code: 'unknown', connected: false, body },
];

it('No message contains the key where a server repeats it', () => {
	fc.assert(
		fc.property(
			keys.chain((key) => fc.tuple(fc.constant(key), echoes(key), fc.constantFrom(...shapes))),
			([key, echo, shape]) => {
				for (const failure of failures(shape(echo))) {
					const error = toTeamogyError(failure, 'create', `the company ${echo}`, 1, key);
					expectNoRun(key, error.message, error.description);
				}
			},
		),
		{ numRuns: 400, seed: SEED },
	);
});

it('A key that contains what looks like an escape is removed, however often it was escaped', () => {
	const key = 'ab%41cd%42ef%43gh%44ij%45kl';
	for (let text = key, times = 0; times <= 5; times++, text = encodeURIComponent(text))
		expect(redact(`No: ${text}`, key)).toBe('No: [API key]');
});

it('Words without the key stay as they are', () => {
	fc.assert(
		fc.property(keys, fc.lorem({ maxCount: 30 }), (key, words) => {
			expect(redact(words, key)).toBe(words);
		}),
		{ numRuns: 200, seed: SEED },
	);
});

it('No message contains a key that was pasted into another field of the credential', () => {
	const fields = ['domain', 'unitId', 'requestsPerMinute'] as const;
	const buildPastedTexts = (key: string) =>
		fc.constantFrom(
			key,
			`Bearer ${key}`,
			`https://${key}`,
			`https://${key}/x`,
			`${key}://x`,
			`${key}@teamogy.example`,
			`https://user:${key}@teamogy.example`,
			`x.${key}`,
			`Authorization: Bearer ${key}`,
			key.slice(0, 30),
			key.slice(15),
			key.split('.')[1],
			key.replaceAll('.', ' '),
			key
				.toLowerCase()
				.replace(/[^a-z0-9.]/g, '')
				.slice(0, 60),
		);
	fc.assert(
		fc.property(
			keys.chain((key) =>
				fc.tuple(fc.constant(key), buildPastedTexts(key), fc.constantFrom(...fields)),
			),
			fc.boolean(),
			([key, text, field], isInItsPlace) => {
				const right = {
					domain: 'yourcompany.teamogy.com',
					apiKey: isInItsPlace ? key : 'another-key',
				};
				let refused: InvalidInput | undefined;
				try {
					readAccount({ ...right, [field]: text });
				} catch (error) {
					refused = error as InvalidInput;
				}
				if (field !== 'domain') expect(refused).toBeDefined();
				expectNoRun(key, refused?.message, refused?.hint);
			},
		),
		{ numRuns: 500, seed: SEED },
	);
});

it.each([
	[
		{ domain: 'teamogy' },
		'\'Domain\' in the Teamogy API credential, "teamogy", is not a host name',
	],
	[{ domain: 'my-company-name' }, "'Domain' in the Teamogy API credential is not a host name"],
	[{ domain: 'a:b@c' }, "'Domain' in the Teamogy API credential is not a host name"],
	[
		{ requestsPerMinute: '-5' },
		'\'Requests per Minute\' in the Teamogy API credential, "-5", is not',
	],
	[{ requestsPerMinute: 'sixty' }, "'Requests per Minute' in the Teamogy API credential is not"],
	[{ unitId: 'a key of some length' }, "'Business Unit ID' is not a whole number"],
])(
	'A message repeats the field %j only as far as it looks like what it should be',
	(fields, message) => {
		const account = { domain: 'yourcompany.teamogy.com', apiKey: 'key', ...fields };
		expect(() => readAccount(account)).toThrow(message);
	},
);
