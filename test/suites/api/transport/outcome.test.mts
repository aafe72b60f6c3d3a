/** Which responses and failures end a request, which are tried again, and how long Retry-After waits. */
import { rejection } from '../../../helpers/rejection.mts';
import {
	errors,
	fakeClient,
	ok,
	TIMING,
	readRetryAfter,
	restoreTiming,
	status,
	type RequestKind,
} from '../../../helpers/transport/client.mts';

afterEach(restoreTiming);

const REQUEST_KINDS: RequestKind[] = [
	...(['list', 'get', 'create', 'update'] as const),
	...(['customGet', 'customPatch', 'custom'] as const),
];

describe('A connection that fails', () => {
	const createFailingClient = (error: unknown) => {
		let sent = 0;
		const { client } = fakeClient(async () => {
			sent++;
			throw error;
		});
		return { client, sent: () => sent };
	};
	const get = { requestKind: 'get', method: 'GET', path: 'jobs', subject: 'job 5' } as const;
	const post = { ...get, requestKind: 'create', method: 'POST', body: {} } as const;
	const toCodedError = (code: string, more: { syscall?: string } = {}) =>
		Object.assign(new Error([more.syscall, code].join(' ').trim()), { code, ...more });
	/** As n8n wraps what axios throws. */
	const wrapError = (cause: Error) => Object.assign(new Error('n8n says'), { cause });
	/** As n8n wraps it before 2.34, where nothing is left of the cause but its code and its words. */
	const stripError = (cause: Error & { code?: string }) =>
		Object.assign(new Error('n8n says'), {
			httpCode: cause.code ?? null,
			messages: [cause.message],
		});

	beforeEach(() => void Object.assign(TIMING, { firstPause: 0, maxPause: 0 }));

	it.each([
		['name not found', toCodedError('ENOTFOUND', { syscall: 'getaddrinfo' }), true],
		['refused', toCodedError('ECONNREFUSED', { syscall: 'connect' }), true],
		['connecting takes too long', toCodedError('ETIMEDOUT', { syscall: 'connect' }), true],
		[
			'several addresses, none reached',
			Object.assign(new AggregateError([toCodedError('ETIMEDOUT', { syscall: 'connect' })], ''), {
				code: 'ETIMEDOUT',
			}),
			true,
		],
		['broken', toCodedError('ECONNRESET', { syscall: 'read' }), false],
		['broken while sending', toCodedError('EPIPE', { syscall: 'write' }), false],
		['no response in time', toCodedError('ECONNABORTED'), false],
		['cut off', toCodedError('ERR_BAD_RESPONSE'), false],
	])(
		'A POST is sent again only where nothing can have been taken: %s',
		async (_name, error, again) => {
			const ways: Error[] = [error, wrapError(error), wrapError(wrapError(error))];
			// The words of several addresses do not say which step failed: then a POST goes once.
			if (!(error instanceof AggregateError)) ways.push(stripError(error));
			for (const thrown of ways) {
				const { client, sent } = createFailingClient(thrown);
				const explained = await rejection(client.request(post));
				expect(sent()).toBe(again ? TIMING.maxTries : 1);
				expect(explained.maybeSaved).toBe(!again);
				const reading = createFailingClient(thrown);
				await rejection(reading.client.request(get));
				expect(reading.sent()).toBeGreaterThan(1);
			}
		},
	);

	it('A connection that fails for its certificate is not tried again', async () => {
		const { client, sent } = createFailingClient(
			wrapError(toCodedError('DEPTH_ZERO_SELF_SIGNED_CERT')),
		);
		const error = await rejection(client.request(get));
		expect(error.message).toBe('The security certificate of the Teamogy domain is not valid');
		expect(sent()).toBe(1);
	});

	it.each([
		['without a code', new Error('Domain not allowed')],
		['with a code nobody knows', toCodedError('EODD')],
		['of an address that cannot be used', toCodedError('ERR_INVALID_URL')],
	])(
		'An error %s means that the request was never sent, and is told at once',
		async (_name, error) => {
			for (const thrown of [error, wrapError(error), stripError(error)]) {
				for (const request of [get, post]) {
					const { client, sent } = createFailingClient(thrown);
					const explained = await rejection(client.request(request));
					expect(explained.message).toMatch(/^The request for .* could not be sent/);
					expect(explained.maybeSaved).toBe(false);
					expect(sent()).toBe(1);
				}
			}
		},
	);

	it('Half a response of which n8n keeps the status alone may have been sent', async () => {
		const error = Object.assign(new Error('n8n says'), {
			httpCode: '200',
			messages: ['stream has been aborted'],
		});
		expect((await rejection(createFailingClient(error).client.request(post))).maybeSaved).toBe(
			true,
		);
	});

	const DEFECTS = [
		new TypeError('x is not a function'),
		new RangeError('Maximum call stack size exceeded'),
		new ReferenceError('x is not defined'),
	].map((defect): [string, Error] => [String(defect), defect]);
	it.each(DEFECTS)('A defect of code shows itself: %s', async (_, defect) => {
		for (const thrown of [defect, wrapError(defect)]) {
			const { client, sent } = createFailingClient(thrown);
			expect(await rejection<Error>(client.request(post))).toBe(defect);
			expect(sent()).toBe(1);
		}
		const readable = () => {
			throw defect;
		};
		const { client } = fakeClient(async () => ok({ id: 1 }));
		expect(await rejection<Error>(client.request({ ...post, isReadable: readable }))).toBe(defect);
	});

	it('The error says what n8n says where there is no code', async () => {
		const error = await rejection(
			createFailingClient(new Error('Domain not allowed')).client.request(get),
		);
		expect(error.description).toMatch(/^n8n says: Domain not allowed\./);
	});
});

describe('A response', () => {
	const send = async (response: ReturnType<typeof status>, requestKind: RequestKind = 'get') => {
		let sent = 0;
		Object.assign(TIMING, { firstPause: 0, maxPause: 0 });
		const { client } = fakeClient(async () => {
			sent++;
			return response;
		});
		const request = { requestKind, method: 'GET', path: 'jobs', subject: 'job 5' } as const;
		const result = await client.request(request).then(
			(body) => ({ body }),
			(error: unknown) => ({ error }),
		);
		return { ...result, sent };
	};

	it.each([200, 201, 202, 203, 206])('A response with status %d is good', async (code) => {
		expect(await send(status(code, { id: 1 }))).toEqual({ body: { id: 1 }, sent: 1 });
	});

	it.each(['create', 'update', 'custom'] as const)(
		'A response to %s may be empty',
		async (requestKind) => {
			for (const body of [undefined, null, '']) {
				expect(await send({ statusCode: 204, headers: {}, body }, requestKind)).toEqual({
					body: undefined,
					sent: 1,
				});
			}
		},
	);

	it.each([401, 422, 499])('A response with status %d is final', async (code) => {
		for (const requestKind of REQUEST_KINDS)
			expect((await send(status(code), requestKind)).sent).toBe(1);
	});

	it('An object without rows is not taken for a page of a view', async () => {
		expect((await send(ok({ rows: [] }), 'list')).sent).toBe(1);
		expect((await send(ok('text'), 'list')).sent).toBe(TIMING.maxTries);
	});
});

describe('Retry-After', () => {
	const date = 'Fri, 20 Nov 2026 12:00:00 GMT';
	it.each([
		['5', 5000],
		[7, 7000],
		['0', 0],
		[' 1.5 ', 1500],
		['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
		['Fri, 20 Nov 2026 11:00:00 GMT', 0],
		['soon', undefined],
		['-5', undefined],
		['', undefined],
		[undefined, undefined],
		[['5', '6'], undefined],
	])('Retry-After %p is read as %p ms', (header, ms) => {
		expect(readRetryAfter({ 'retry-after': header, date })).toBe(ms);
	});

	it('A date in Retry-After counts from now where the response has no date of its own', () => {
		const header = new Date(Date.now() + 30_000).toUTCString();
		for (const date of [undefined, '', 'soon']) {
			const ms = readRetryAfter({ 'retry-after': header, date })!;
			expect(ms).toBeLessThanOrEqual(30_000);
			expect(ms).toBeGreaterThan(20_000);
		}
	});
});

describe('A client whose run is over', () => {
	it('A client whose run is over sends nothing more and lets go of the execution', async () => {
		const stop = new AbortController();
		const removed = jest.spyOn(stop.signal, 'removeEventListener');
		const { client } = fakeClient(async () => ok({}), { signal: stop.signal });
		client.close();
		expect(removed).toHaveBeenCalledTimes(1);
		const request = { requestKind: 'get', method: 'GET', path: 'jobs', subject: 'job 5' } as const;
		expect(await rejection(client.request(request))).toBeInstanceOf(errors.ExecutionCancelled);
	});

	it('A client of an execution that is stopped already sends nothing', async () => {
		let sent = 0;
		const { client } = fakeClient(async () => ok(++sent), { signal: AbortSignal.abort() });
		const request = { requestKind: 'get', method: 'GET', path: 'jobs', subject: 'job 5' } as const;
		expect(await rejection(client.request(request))).toBeInstanceOf(errors.ExecutionCancelled);
		expect(sent).toBe(0);
	});
});
