/** Writes whose response is lost, broken or strange: none is sent twice, and the error says what may have been saved. */
import type { FaultRule } from '../../sandbox/index.mts';
import { builtModule } from '../../helpers/testBed.mts';
import {
	createCompany,
	createEach,
	retryOnFail,
	upsertEach,
	useCompanyWrites,
} from '../../helpers/companyWrites.mts';
import { toRecordId, toJsonBody, toMapping } from '../../helpers/writeParameters.mts';

const { testBed, saved, sentNames, writes } = useCompanyWrites();

const faultOnce = (method: string, rule: FaultRule) => {
	if (rule.kind === 'hang') testBed.pace.timeout = 200;
	testBed.sandbox.fault({ method, ...rule });
};

const send = (method: string) => ({
	resource: 'apiRequest',
	operation: 'request',
	method,
	path: 'companies',
	body: '{"name": "Once s.r.o."}',
});

/** Endings that leave unknown whether the record was saved. In half of them it was. */
const AMBIGUOUS: Array<[string, FaultRule]> = [
	['the connection breaks after it was applied', { kind: 'resetAfter' }],
	['the connection breaks before', { kind: 'reset' }],
	['no response in time', { kind: 'hang' }],
	['no response in time, though applied', { kind: 'hang', applied: true }],
	...[500, 502, 503, 504].flatMap(
		(status): Array<[string, FaultRule]> => [
			[`status ${status}`, { kind: 'status', status }],
			[`status ${status}, though applied`, { kind: 'status', status, applied: true }],
		],
	),
	['a response cut in half', { kind: 'cut' }],
	['a page instead of a response', { kind: 'html', status: 200, applied: true }],
];
/** A server that saves and names another address, or gives a status that HTTP does not have. */
const STRANGE_STATUSES = [302, 303, 304, 999].map((status): [string, FaultRule] => [
	`status ${status}, though applied`,
	{ kind: 'status', status, applied: true },
]);

describe.each([...AMBIGUOUS, ...STRANGE_STATUSES])(
	'POST where the result is unknown: %s',
	(_, rule) => {
		const isSaved = (): boolean => saved('Once s.r.o.') > 0;

		beforeEach(() => faultOnce('POST', rule));

		it('Create sends the request once, and the error says what may have been saved and how to check', async () => {
			const { error, json: rows } = await testBed.run(createCompany());
			expect(rows).toEqual([]);
			expect(error?.message).toMatch(/ \[item 0\]$/);
			expect(error?.message).toContain('a new company "Once s.r.o."');
			expect(error?.description).toMatch(
				/may have been saved anyway, so the node did not send it again\. Look it up in Teamogy \(e\.g\. with the Look Up operation\)/,
			);
			expect(writes()).toHaveLength(1);

			// Look Up tells whether the record was saved, as the error says.
			const found = await testBed.run({
				resource: 'company',
				operation: 'lookUp',
				lookUpColumn: 'name',
				lookUpValue: 'Once s.r.o.',
				onMissing: 'skip',
			});
			expect(found.json).toHaveLength(isSaved() ? 1 : 0);
		});

		it.each(['POST', 'PUT', 'DELETE'])('API Request sends the request once: %s', async (method) => {
			testBed.sandbox.clearFaults();
			faultOnce(method, rule);
			const { error } = await testBed.run(send(method));
			expect(writes().map((request) => request.method)).toEqual([method]);
			// The sandbox refuses the other methods before a fault of the response.
			if (method === 'POST')
				expect(error?.description).toMatch(/Teamogy may have carried out the request anyway/);
			expect(error?.description).not.toMatch(/saved|Look Up/);
		});

		it('Create or Update sends the request once', async () => {
			const { error } = await testBed.run(upsertEach, { input: [{ name: 'Once s.r.o.' }] });
			expect(error?.description).toMatch(/may have been saved/);
			expect(error?.message).toContain('a new company "Once s.r.o."');
			expect(writes()).toHaveLength(1);
		});

		it.each([undefined, 'continueRegularOutput', 'continueErrorOutput'] as const)(
			'Retry On Fail sends the request once: On Error %s',
			async (onError) => {
				const input = [{ name: 'Once s.r.o.' }, { name: 'Next' }];
				const {
					json: rows,
					errorItems,
					error,
				} = await testBed.run(createEach, {
					...retryOnFail,
					onError,
					input,
				});
				const sent = onError ? ['Once s.r.o.', 'Next'] : ['Once s.r.o.'];
				expect(sentNames()).toEqual(sent);
				if (!onError) return expect(error?.description).toMatch(/may have been saved/);
				const failed = onError === 'continueErrorOutput' ? errorItems[0].json : rows[0];
				expect(failed.message).toMatch(/may have been saved/);
			},
		);
	},
);

const DEEP = 20_000;
/** Hostile responses to a write that was applied. */
const HOSTILE: Array<[string, string]> = [
	['a key toString', '{"id":5,"toString":"x","valueOf":1}'],
	['an ID that is an object', '{"id":{"toString":"x"}}'],
	['a prototype', '{"id":5,"__proto__":{"toString":"x"}}'],
	['a list 20,000 deep', '['.repeat(DEEP) + ']'.repeat(DEEP)],
	['an ID in a list 20,000 deep', `${'['.repeat(DEEP)}{"id":5}${']'.repeat(DEEP)}`],
	['wrappers 20,000 deep', `${'{"data":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`],
	['an object 20,000 deep', `{"id":5,"a":${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}}`],
];

describe.each(HOSTILE)('A write answered with %s', (_, body) => {
	const headers = { 'content-type': 'application/json' };
	const respond = (method: string) =>
		testBed.sandbox.fault({
			kind: 'html',
			status: 200,
			body,
			headers,
			method,
			applied: true,
			times: Infinity,
		});
	const firstId = () => testBed.sandbox.rows('companies')[0].id;

	it.each([
		['Create', () => createCompany()],
		['Update', () => ({ ...createCompany(), operation: 'update', ...toRecordId(firstId()) })],
		[
			'Create or Update',
			() => ({
				...upsertEach,
				...toMapping({ name: 'Once s.r.o.' }, [], { matchingColumns: ['name'] }),
			}),
		],
		['API Request', () => send('POST')],
	])('%s writes once, whatever the response is', async (_operation, parametersOf) => {
		for (const method of ['POST', 'PATCH']) respond(method);
		const { error, execution } = await testBed.run(parametersOf(), retryOnFail);
		expect(error).toBeUndefined();
		expect(execution.status).toBe('success');
		expect(writes()).toHaveLength(1);
	});

	it('Create writes once where the full record is read back as such', async () => {
		respond('GET');
		const parameters = { ...createCompany(), options: { returnRecord: true } };
		const { error } = await testBed.run(parameters, retryOnFail);
		expect(error).toBeUndefined();
		expect(writes()).toHaveLength(1);
	});
});

describe('A full record that cannot be read back', () => {
	it.each([403, 404, 500])(
		'The write is complete and a hint says so: status %d',
		async (status) => {
			testBed.sandbox.fault({ kind: 'status', status, method: 'GET', times: Infinity });
			const parameters = { ...createCompany(), options: { returnRecord: true } };
			const { json: rows, error, hints } = await testBed.run(parameters, retryOnFail);
			expect(error).toBeUndefined();
			expect(rows).toEqual([{ id: testBed.sandbox.records('companies').at(-1)!.id }]);
			expect(hints.map(({ message }) => message)).toEqual([
				expect.stringMatching(/^The record was saved, but could not be read back: /),
			]);
			expect(writes()).toHaveLength(1);
		},
	);
});

it('A write is kept as soon as Teamogy has responded, even if our own code fails after that', async () => {
	const output = builtModule<{ toOutputRows(response: unknown): unknown }>(
		'nodes/operations/toItems.js',
	);
	const { toOutputRows } = output;
	output.toOutputRows = () => {
		throw new TypeError('a defect');
	};
	try {
		const { json: rows, error, hints } = await testBed.run(createCompany(), retryOnFail);
		expect(error).toBeUndefined();
		const { id } = testBed.sandbox.records('companies').at(-1)!;
		expect(rows).toEqual([{ id: String(id) }]);
		expect(hints.map(({ message }) => message)).toEqual([
			"Item 0 was saved, but Teamogy's response could not be used: a defect",
		]);
	} finally {
		output.toOutputRows = toOutputRows;
	}
	expect(writes()).toHaveLength(1);
});

describe('The record that may have been saved', () => {
	const saidOf = async (parameters: object): Promise<string> => {
		testBed.sandbox.fault({ kind: 'status', status: 503, method: 'POST' });
		const { error } = await testBed.run(parameters);
		return /the request for (.+) \[item 0\]$/.exec(error?.message ?? '')?.[1] ?? '';
	};
	const of = (resource: string, body: object) => ({
		resource,
		operation: 'create',
		...toJsonBody(body),
	});

	it.each([
		['job', { number: 'J-1', name: 'Job' }, 'a new job "J-1"'],
		['company', { name: 'x'.repeat(101) }, `a new company "${'x'.repeat(100)}…"`],
		['user', { userName: 'jana' }, 'a new user "jana"'],
		['agencies', { name: 'Brno' }, 'a new business unit "Brno"'],
		['person', { firstName: 'Jana', lastName: 'Nová' }, 'a new person "Jana Nová"'],
		[
			'timeEntry',
			{ userId: 11, jobId: 5001, date: '2026-11-20', hours: 1 },
			'a new time entry (userId 11, jobId 5001, date 2026-11-20)',
		],
		['task', { tags: [] }, 'a new task'],
	])('The error names the record: %s %j', async (resource, body, what) => {
		expect(await saidOf(of(resource === 'agencies' ? 'businessUnit' : resource, body))).toBe(what);
	});

	it('The error names a document by its subject', async () => {
		const body = { ownerId: 11, companyId: 30001, properties: { name: 'Subject' } };
		expect(await saidOf(of('invoice', body))).toBe('a new invoice "Subject"');
	});
});

describe('POST where Teamogy cannot have saved the record', () => {
	it.each([307, 308, 400, 404, 409, 422])(
		'The error after status %s does not say that the record may be saved',
		async (status) => {
			faultOnce('POST', { kind: 'status', status });
			const { error } = await testBed.run(createCompany());
			expect(error?.description).not.toMatch(/may have been saved/);
			expect(writes()).toHaveLength(1);
		},
	);

	it.each([
		['a time in seconds', { 'retry-after': '0.05' }],
		['a date', { 'retry-after': new Date().toUTCString() }],
		['nothing', {}],
	])('POST is repeated after a 429 with %s', async (_, headers: Record<string, string>) => {
		testBed.sandbox.fault({ kind: 'status', status: 429, method: 'POST', times: 2, headers });
		const { json: rows, error } = await testBed.run(createCompany());
		expect(error).toBeUndefined();
		expect(rows).toHaveLength(1);
		expect(writes().map(({ status }) => status)).toEqual([429, 429, 200]);
		expect(saved('Once s.r.o.')).toBe(1);
	});

	it('POST is repeated where no connection is made, and the error does not say that the record may be saved', async () => {
		const { error } = await testBed.run(createCompany(), {
			credentials: { teamogyApi: { ...testBed.sandbox.credential, domain: 'http://127.0.0.1:9' } },
		});
		expect(error?.message).toBe('No connection to Teamogy could be made [item 0]');
		expect(error?.description).toMatch(/Tried 5 times\. Nothing was saved by this request\.$/);
		expect(error?.description).not.toMatch(/may have been saved/);
	});

	it.each([400, 401, 403, 404, 405, 409, 413, 422])(
		'A refusal is not repeated, and the error does not say that the record may be saved: %s',
		async (status) => {
			testBed.sandbox.fault({ kind: 'status', status, method: 'POST' });
			const { error } = await testBed.run(createCompany());
			expect(error?.description).not.toMatch(/may have been saved/);
			expect(writes()).toHaveLength(1);
		},
	);
});

describe('PATCH', () => {
	const update = (name: string) => ({
		resource: 'company',
		operation: 'update',
		...toRecordId(testBed.sandbox.rows('companies')[0].id),
		...toJsonBody({ name }),
	});

	it.each(AMBIGUOUS)('PATCH is repeated: %s', async (_, rule) => {
		faultOnce('PATCH', rule);
		const { json: rows, error } = await testBed.run(update('Again'));
		expect(error).toBeUndefined();
		expect(rows).toHaveLength(1);
		expect(writes().map(({ method }) => method)).toEqual(['PATCH', 'PATCH']);
		expect(saved('Again')).toBe(1);
	});

	it('The error says how often PATCH was sent', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 503, method: 'PATCH', times: Infinity });
		const { error } = await testBed.run(update('Never'));
		const { id } = testBed.sandbox.rows('companies')[0];
		expect(error?.message).toBe(
			`Teamogy could not answer the request for company ${String(id)} [item 0]`,
		);
		expect(error?.description).toMatch(/Sent 5 times\.$/);
	});
});
