/** The messages of failed requests: those of the golden file, with the words of the server and without the API key. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type * as NodeErrorModule from '../../../../nodes/n8n/errors.js';
import type * as N8nWorkflow from 'n8n-workflow';
import {
	jestModule,
	KEY,
	toTeamogyError,
	type RequestKind,
	type RequestFailure,
	serverMessage,
} from '../../../helpers/transport/client.mts';
import { leaked } from '../../../helpers/transport/leaks.mts';

const { toN8nFailure, toNodeError } = jestModule<typeof NodeErrorModule>('nodes/n8n/errors.js');

const GOLDEN = 'test/golden/errorMessages.md';

const REQUEST_KINDS: RequestKind[] = [
	...(['list', 'get', 'create', 'update'] as const),
	...(['customGet', 'customPatch', 'custom'] as const),
];
const WHAT: Record<RequestKind, string> = {
	list: 'the view "jobs"',
	get: 'job 5',
	create: 'a new job',
	update: 'job 5',
	customGet: '"jobs" (GET)',
	customPatch: '"jobs" (PATCH)',
	custom: '"jobs" (DELETE)',
};

const toStatusFailure = (
	code: number,
	body: unknown = { message: 'Words of Teamogy' },
): RequestFailure => ({
	kind: 'status',
	status: code,
	body,
	headers: {},
});

const FAILURES: Record<string, RequestFailure> = {
	...Object.fromEntries(
		[302, 400, 401, 403, 404, 405, 407, 408, 409, 413, 414, 415, 422, 431, 500, 502, 503, 504].map(
			(code) => [`Status ${code}`, toStatusFailure(code)],
		),
	),
	'Status 403, a web page': toStatusFailure(
		403,
		'<html><head><title>Access Denied</title></head></html>',
	),
	'Status 403 of the gateway': toStatusFailure(403, { message: 'Missing Authentication Token' }),
	'Status 503, plain text': toStatusFailure(503, 'no healthy upstream'),
	'429 for too long': {
		kind: 'throttled',
		status: 429,
		waitedMs: 290_000,
		body: { message: 'Words of Teamogy' },
	},
	'429 with a long Retry-After': {
		kind: 'throttled',
		status: 429,
		waitedMs: 0,
		retryAfterMs: 3_600_000,
		body: undefined,
	},
	'503 with Retry-After for too long': {
		kind: 'throttled',
		status: 503,
		waitedMs: 290_000,
		retryAfterMs: 60_000,
		body: { message: 'Words of Teamogy' },
	},
	'No answer in time': { kind: 'timeout', seconds: 60 },
	'Answer that is no JSON': { kind: 'unreadable', status: 200, body: 'Half an answ' },
	'Answer that is a web page': {
		kind: 'unreadable',
		status: 200,
		body: '<html><head><title>Maintenance</title></head><body>Back soon</body></html>',
	},
	'Unknown domain': { kind: 'network', code: 'ENOTFOUND', connected: false },
	'Connection refused': { kind: 'network', code: 'ECONNREFUSED', connected: false },
	'Connection broken': { kind: 'network', code: 'ECONNRESET', connected: true },
	'Proxy not reached': { kind: 'network', code: 'ECONNREFUSED', connected: false, proxy: true },
	'No TLS': { kind: 'network', code: 'EPROTO', connected: false },
	'Kept back by n8n': {
		kind: 'network',
		code: 'unknown',
		connected: false,
		body: 'The request was blocked because it resolves to a restricted IP address',
	},
	'Certificate of another': {
		kind: 'network',
		code: 'ERR_TLS_CERT_ALTNAME_INVALID',
		connected: false,
	},
};

const node = {
	id: '1',
	name: 'Teamogy',
	type: 'n8n-nodes-teamogy.teamogy',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
} as N8nWorkflow.INode;

const toShownTexts = (requestFailure: RequestFailure, requestKind: RequestKind) => {
	const error = toTeamogyError(requestFailure, requestKind, WHAT[requestKind], 1, KEY);
	const { message, description } = toNodeError(node, error, 2) as N8nWorkflow.NodeApiError;
	return {
		message,
		description: String(description),
		failure: toN8nFailure(error),
		maybeSaved: error.maybeSaved,
	};
};

/** What a user reads, by what went wrong and what was asked for; kinds that read the same are one entry. */
function golden(): string {
	const parts = [
		'# What users read when a request does not succeed',
		'',
		'Written by the test `errorMessages`; the item number and Teamogy’s own words are examples.',
		'',
	];
	for (const [title, requestFailure] of Object.entries(FAILURES)) {
		const texts = new Map<string, RequestKind[]>();
		for (const requestKind of REQUEST_KINDS) {
			const { message, description, failure } = toShownTexts(requestFailure, requestKind);
			const text = [
				`**${message.replaceAll(WHAT[requestKind], '…')}**`,
				'',
				description.replaceAll(WHAT[requestKind], '…'),
				'',
				`For n8n: ${failure?.cause ?? '–'}`,
			].join('\n');
			texts.set(text, [...(texts.get(text) ?? []), requestKind]);
		}
		parts.push(`## ${title}`, '');
		for (const [text, kinds] of texts) {
			const all = kinds.length === REQUEST_KINDS.length;
			parts.push(`### ${all ? 'all' : kinds.join(', ')}`, '', text, '');
		}
	}
	return parts.join('\n');
}

describe('Wording', () => {
	it('The messages are those of the golden file', () => {
		if (process.env.UPDATE_GOLDEN || !existsSync(GOLDEN)) writeFileSync(GOLDEN, golden());
		expect(golden()).toBe(readFileSync(GOLDEN, 'utf8'));
	});

	const cases = Object.keys(FAILURES).flatMap((title) =>
		REQUEST_KINDS.map((requestKind): [string, RequestKind] => [title, requestKind]),
	);
	it.each(cases)('The message keeps to n8n’s rules: %s, %s', (title, requestKind) => {
		const { message, description, maybeSaved } = toShownTexts(FAILURES[title], requestKind);
		for (const text of [message, description]) {
			expect(text).not.toMatch(/\b(error|problem|failure|mistake)/i);
			expect(text).not.toMatch(/undefined|null|NaN|\{|\[object/);
		}
		expect(`${message} ${description}`).not.toMatch(/Network code unknown/);
		expect(message).toMatch(/ \[item 2\]$/);
		expect(message).toMatch(/^[A-Z]/);
		expect(description).not.toContain(message);
		// Says what to do.
		expect(description).toMatch(
			/\b(Check|Choose|Enter|Log in|Lower|Read|Send|Ask|Try|Look it up|Set|Report|Use)\b/,
		);
		const doubt =
			requestKind === 'create'
				? 'The record may have been saved anyway'
				: 'Teamogy may have carried out the request anyway';
		expect(description.includes(doubt)).toBe(maybeSaved);
		expect(description.includes('anyway')).toBe(maybeSaved);
		if (maybeSaved) expect(['create', 'custom']).toContain(requestKind);
	});

	it('The message names the thing asked for as it is, whatever it holds', () => {
		const what = "the new company Cash $& Carry $1 $$ $`$'";
		const { message } = toTeamogyError(toStatusFailure(403), 'create', what, 1, KEY);
		expect(message).toBe(`Teamogy refused access to ${what}`);
	});

	it('The error gives n8n the cause for its own back-off', () => {
		const { failure } = toShownTexts(FAILURES['429 with a long Retry-After'], 'list');
		expect(failure).toEqual({ cause: 'rate-limited', retryAfterMs: 3_600_000 });
		expect(toShownTexts(toStatusFailure(401), 'list').failure).toEqual({
			cause: 'credential-invalid',
		});
		expect(toShownTexts(toStatusFailure(503), 'list').failure).toEqual({
			cause: 'temporarily-unavailable',
		});
		// Trying again would save it twice.
		expect(toShownTexts(toStatusFailure(503), 'create').failure).toBeUndefined();
	});

	it.each([
		[{ message: 'A message' }, 'A message'],
		[{ conflictingId: 9007199254740992 }, '{"conflictingId":"about 9007199254740992"}'],
		[{ error: 'In error' }, 'In error'],
		[{ error: { message: 'Deeper' } }, 'Deeper'],
		[{ errors: [{ message: 'One' }, { detail: 'Two' }, 'Three'] }, 'One; Two; Three'],
		[{ code: 17, reason: 'unusual' }, '{"code":17,"reason":"unusual"}'],
		[[{ field: 'name', text: 'is missing' }], 'name: is missing'],
		[
			{ message: 'Validation failed.', errors: [{ field: 'companyId', message: 'must exist' }] },
			'Validation failed; companyId: must exist',
		],
		[{ error: 'Bad Request', detail: 'companyId must exist' }, 'Bad Request; companyId must exist'],
		[{ error: 'Gone', message: 'Gone for good' }, 'Gone for good'],
		['Plain   text\n', 'Plain text'],
		[
			'<!DOCTYPE html><html><head><title>503 Service\n Unavailable</title>',
			'503 Service Unavailable',
		],
		['<html><body><h1>Sorry</h1></body></html>', 'Sorry'],
		['<html><body>Sorry</body></html>', ''],
		[{}, ''],
		[[], ''],
		['', ''],
		[null, ''],
		[undefined, ''],
	])('The response %j is quoted as %j', (body, said) => {
		expect(serverMessage.extractMessage(body)).toBe(said);
	});

	it.each<[string, RequestFailure]>([
		['Teamogy', toStatusFailure(400)],
		[
			'Teamogy',
			{ kind: 'throttled', status: 429, waitedMs: 1, body: { message: 'Words of Teamogy' } },
		],
		['The proxy', toStatusFailure(407)],
		['The proxy', toStatusFailure(407, '<html><title>Sign in</title></html>')],
		['The gateway', toStatusFailure(403, { message: 'Missing Authentication Token' })],
		[
			'The gateway',
			{ kind: 'throttled', status: 429, waitedMs: 1, body: { message: 'Too Many Requests' } },
		],
		['The gateway', toStatusFailure(504, { message: 'Endpoint request timed out' })],
		['The gateway', toStatusFailure(403, { message: 'Forbidden' })],
		['The gateway', toStatusFailure(401, { message: 'Unauthorized' })],
		['The gateway', toStatusFailure(500, { message: 'Internal server error' })],
		['The gateway', toStatusFailure(503, { message: 'Service Unavailable' })],
		['Teamogy', toStatusFailure(403, { message: 'Forbidden', field: 'x' })],
		['The server', toStatusFailure(500, 'Internal condition')],
		['The server', toStatusFailure(403, '<html><title>Blocked</title></html>')],
		['The server', { kind: 'unreadable', status: 200, body: '<html><title>Log in</title></html>' }],
		['n8n', { kind: 'network', code: 'unknown', connected: false, body: 'Not allowed' }],
	])('The description names who is quoted: %s, %j', (who, failure) => {
		const { description } = toTeamogyError(failure, 'get', 'job 5', 1, KEY);
		expect(description.split(' says: ')[0]).toBe(who);
	});

	it('Messages in a response are searched only to a certain depth', () => {
		const deep = JSON.parse(`${'['.repeat(6000)}"deep"${']'.repeat(6000)}`) as unknown;
		expect(serverMessage.extractMessage([deep, { message: 'At the top' }])).toBe('At the top');
	});
});

it('No more of a long list is read than is shown, so that it does not hold n8n up', () => {
	const rows = Array.from({ length: 10_000 }, (_, id) => ({
		id,
		name: `Company ${id}`,
		active: true,
	}));
	const said = serverMessage.extractMessage(rows);
	expect(said).toMatch(/^\{"id":0,"name":"Company 0","active":true\}; \{"id":1,/);
	expect(said.length).toBeGreaterThan(500);
	expect(said.length).toBeLessThan(3000);
});

it('No more is quoted than people read', () => {
	const { description } = toTeamogyError(
		toStatusFailure(500, 'x'.repeat(600)),
		'get',
		'job 5',
		1,
		KEY,
	);
	expect(description).toMatch(/^The server says: x{500}…/);
	const emoji = toTeamogyError(
		toStatusFailure(500, `x${'😀'.repeat(600)}`),
		'get',
		'job 5',
		1,
		KEY,
	);
	expect(emoji.description).not.toMatch(/\p{Surrogate}/u);
	expect(emoji.description).toContain('😀…');
});

describe('The API key', () => {
	const oddKey = 'odd"key\\with<all>&sorts\'of/characters';
	const buildBodiesWithKey = (key: string): Array<[string, unknown]> => [
		['in words', { message: `Refused: Bearer ${key}` }],
		['where long words are cut', { message: `${'x'.repeat(480)} ${key}` }],
		['in JSON of another kind', { request: { authorization: `Bearer ${key}` } }],
		['in text', `Authorization: Bearer ${key}`],
		['in a title', `<html><title>${key}</title></html>`],
		['encoded for an address', { message: `/login?token=${encodeURIComponent(key)}` }],
	];
	it.each(
		buildBodiesWithKey(KEY)
			.concat(buildBodiesWithKey(oddKey))
			.map(
				([where, body], index, { length }) =>
					[where, body, index < length / 2 ? KEY : oddKey] as const,
			),
	)('The API key is never shown: %s', (_where, body, key) => {
		for (const failure of [
			toStatusFailure(500, body),
			{ kind: 'unreadable', status: 200, body } as const,
			{ kind: 'throttled', status: 429, waitedMs: 1000, body } as const,
		]) {
			const { message, description } = toTeamogyError(failure, 'get', 'job 5', 1, key);
			expect(leaked(key, message, description)).toBeUndefined();
			expect(leaked(JSON.stringify(key).slice(1, -1), message, description)).toBeUndefined();
			expect(leaked(encodeURIComponent(key), message, description)).toBeUndefined();
		}
	});
});

it.each([
	['in lower case', (key: string) => key.toLowerCase()],
	['broken into lines', (key: string) => key.replace(/.{20}/g, '$&\n')],
	['without its signature', (key: string) => key.split('.').slice(0, 2).join('.')],
])('The API key is not shown %s', (_, form) => {
	const key =
		'eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE3ODAwMDAwMDAsIm5vdGUiOiJ0ZXN0In0.c2lnbmF0dXJlLW9mLXRoZS1rZXk';
	const { description } = toTeamogyError(
		toStatusFailure(400, `No: ${form(key)}`),
		'get',
		'job',
		1,
		key,
	);
	expect(description).toMatch(/^The server says: No: \[API key\]/);
	for (const part of form(key).split(/[.\n]/).filter(Boolean))
		expect(description).not.toContain(part);
});

it.each(['k', 'a', '.', 'ab', '1234567'])('Words stay whole with the key %j', (key) => {
	const words = 'A bank takes 1234567 back';
	const { description } = toTeamogyError(toStatusFailure(400, words), 'get', 'job', 1, key);
	expect(description).toMatch(`The server says: ${words}.`);
});

it.each([8, 9, 10, 11, 12])('A key of %d characters is not shown', (length) => {
	const key = 'Zq7-x_9Lw2Gh'.slice(0, length);
	const { description } = toTeamogyError(toStatusFailure(400, `No: ${key}`), 'get', 'job', 1, key);
	expect(description).toContain('[API key]');
	expect(description).not.toContain(key);
});
