/** Create with fields mapped from the lists of the live account: their types, dates and records to choose. */
import type { FieldType, INodePropertyOptions } from 'n8n-workflow';
import { useCreate } from '../../../helpers/create.mts';
import {
	toAutoMapping,
	toJsonBody,
	toMapping,
	toDocumentType,
} from '../../../helpers/writeParameters.mts';

const { testBed, ownerId, companyId, create, loadSchema, sentBodies } = useCreate();

describe('Create: fields of the live account', () => {
	it('Properties of the account are written beside the documented fields', async () => {
		testBed.sandbox.insert('documents', {
			type: 'INVOICE.SALES',
			properties: { 'own-key': 5, amountTotal: 1, ready: false, parts: [1] },
		});
		const schema = await loadSchema('invoice', 'INVOICE.SALES');
		const value = {
			// A text that an expression gives: n8n takes no other value than those of the list.
			ownerId: `=${ownerId}`,
			companyId,
			statusDate: '2026-11-20T00:00:00',
			participantIds: `[${ownerId}, "${ownerId}"]`,
			tags: "={{ ['a', 'b'] }}",
			'properties.own-key': '7.25',
			'properties.ready': true,
			'properties.parts': '[1, 2]',
			'properties.amountTotal': '1250,5',
			'properties.unheardOf': '007',
		};
		// The editor has seen these fields on a record that is not in the sample any more.
		const seen: Record<string, FieldType> = {
			'own-key': 'number',
			ready: 'options',
			parts: 'array',
		};
		const options = [true, false].map((value) => ({ name: String(value), value }));
		const known = Object.entries(seen).map(([key, type]) => ({
			id: `properties.${key}`,
			type,
			options: type === 'options' ? options : undefined,
		}));
		const shown = [...schema, ...known].map((field) => ({
			...field,
			removed: !(field.id in value),
		}));
		const { error } = await create({
			resource: 'invoice',
			...toDocumentType('INVOICE.SALES'),
			...toMapping(value, shown),
		});
		// The account has no such entry.
		expect(error?.description).toMatch(/^Teamogy says: properties.unheardOf: is not configured/);
		expect(sentBodies()).toEqual([
			{
				type: 'INVOICE.SALES',
				ownerId,
				companyId,
				statusDate: '2026-11-20',
				participantIds: [ownerId, ownerId],
				tags: ['a', 'b'],
				properties: {
					'own-key': 7.25,
					ready: true,
					parts: [1, 2],
					amountTotal: 1250.5,
					unheardOf: '007',
				},
			},
		]);
	});

	it('True and false are sent as chosen, and also when an expression gives them as text', async () => {
		const schema = await loadSchema('company');
		const shown = schema.map((field) => ({ ...field, removed: false }));
		const of = (isClient: unknown) => toMapping({ name: 'A', isClient }, shown);
		const sent = { name: 'A', isClient: false };
		for (const value of [false, '={{ false }}', '={{ "false" }}'])
			await create({ resource: 'company', ...of(value) });
		expect(sentBodies()).toEqual([sent, sent, sent]);
	});

	it('A hidden field is not sent, whatever value the editor left in it', async () => {
		const schema = await loadSchema('company');
		const value = { name: 'Shown', isClient: false, isDisabled: false, industry: 'Left' };
		const shown = schema.map((field) => ({ ...field, removed: field.id !== 'name' }));
		await create({ resource: 'company', ...toMapping(value, shown) });
		expect(sentBodies()).toEqual([{ name: 'Shown' }]);
	});

	it('Input fields named like fields of the record are sent, properties too', async () => {
		const schema = await loadSchema('company');
		const input = [
			{ id: 5, name: 'A', own: 'not a field', isClient: 'true', tags: '["x"]' },
			{ name: 'B', 'properties.segment': 'x', properties: { segment: 'y', rare: 1 } },
		];
		const { error } = await create({ resource: 'company', ...toAutoMapping(schema) }, { input });
		expect(error).toBeUndefined();
		expect(sentBodies()).toEqual([
			{ name: 'A', isClient: true, tags: ['x'] },
			{ name: 'B', properties: { segment: 'x', rare: 1 } },
		]);
	});

	it('Map Automatically is refused while the editor has loaded no fields', async () => {
		testBed.expectRefused(
			await create({ resource: 'company', ...toAutoMapping([]) }, { input: [{ name: 'A' }] }),
			'The node does not know the fields of the record yet',
		);
	});

	it('An input without a field of the record is refused', async () => {
		const schema = await loadSchema('company');
		testBed.expectRefused(
			await create({ resource: 'company', ...toAutoMapping(schema) }, { input: [{ other: 1 }] }),
			/^No input field has the same name as a field of the record/,
		);
	});

	it('A whole time entry is sent, whose fields are known from the view alone', async () => {
		const schema = await loadSchema('timeEntry');
		const body = { type: 'TRACK', userId: 11, jobId: 5001, date: '2026-11-19', hours: 1.25 };
		const texts = Object.fromEntries(
			Object.entries(body).map(([name, value]) => [name, String(value)]),
		);
		await create({ resource: 'timeEntry', ...toAutoMapping(schema) }, { input: [texts] });
		expect(sentBodies()).toEqual([body]);
	});
});

describe('Create: a time entry from lists', () => {
	const track = { resource: 'timeEntry' };
	const log = async (value: object, more: object = {}) => {
		const schema = await loadSchema('timeEntry');
		const shown = schema.map((field) => ({ ...field, removed: !(field.id in value) }));
		return await create({ ...track, ...toMapping(value, shown) }, more);
	};
	const choose = async (id: string, name: RegExp) => {
		const schema = await loadSchema('timeEntry');
		const options = schema.find((field) => field.id === id)?.options as INodePropertyOptions[];
		return options.find((option) => name.test(option.name))!.value;
	};

	it('A person, a job, a day and hours make a time entry, without an ID that is typed', async () => {
		const userId = await choose('userId', /^Ema Nováková/);
		const jobId = await choose('jobId', /Retainer/);
		const value = { userId, jobId, date: '2026-11-19T00:00:00', hours: '1,5' };
		expect((await log(value)).error).toBeUndefined();
		const sent = { userId: 11, jobId, date: '2026-11-19', hours: 1.5 };
		expect(sentBodies()).toEqual([sent]);
		expect(String(testBed.sandbox.rows('jobs').find(({ id }) => id === jobId)!.name)).toContain(
			'Retainer',
		);
	});

	it.each([
		{ userId: 11, hours: 1 },
		{ userId: 11, hours: 1, type: 'TRACK', jobId: '={{ null }}' },
		{ userId: 11, hours: 1, taskId: '={{ "" }}', properties: { note: 'on job 1' } },
	])(
		'A time entry without a job, a task or an overhead is saved with a hint: %j',
		async (value) => {
			const { error, json, hints } = await log(value);
			expect([error, json.length]).toEqual([undefined, 1]);
			expect(hints.map(({ message }) => message)).toEqual([
				'Time entries without a job, a task or an overhead: 1 of 1. Tracked time belongs to one of them: give each entry e.g. its jobId.',
			]);
		},
	);

	it.each([
		{ userId: 11, jobId: 5001 },
		{ userId: 11, taskId: 1 },
		{ userId: 11, overheadId: 1 },
		{ userId: 11, properties: { jobNumber: 'J-1' } },
		{ userId: 11, type: 'ATTENDANCE' },
		{ userId: 11, type: 'ABSENCE' },
	])(
		'A time entry that belongs to something, or is no tracked time, has no hint: %j',
		async (value) => {
			const { hints } = await create({ ...track, ...toJsonBody(value) });
			expect(hints).toEqual([]);
		},
	);

	it('The hint counts the entries of a run without a job', async () => {
		const value = { userId: 11, hours: 1, jobId: '={{ $json.job }}' };
		const { hints } = await log(value, { input: [{ job: 5001 }, { job: null }, {}] });
		expect(hints[0].message).toMatch(/: 2 of 3\./);
	});

	it.each([
		['1.5', 1.5],
		['1,5', 1.5],
		[' 2 ', 2],
		['0,125', 0.125],
		['-1,25', -1.25],
		['=1,5', 1.5],
		['={{ 7.25 }}', 7.25],
		['={{ "0.50" }}', 0.5],
		['1250', 1250],
		['', null],
		['={{ null }}', null],
	])('The hours %j are sent as %j', async (hours, sent) => {
		await log({ userId: 11, hours });
		expect(sentBodies()).toEqual([{ userId: 11, hours: sent }]);
	});

	it.each(['abc', '1:30', '1,5 h', '1,500', '1 500', '1.5.0', '1e3', '={{ true }}', '={{ [1] }}'])(
		'The hours %j are refused with field, value and example',
		async (hours) => {
			const { error } = await log({ userId: 11, hours });
			expect(error?.message).toMatch(/^The field "hours", .+, is not a number \[item 0\]$/);
			expect(error?.description).toBe('Enter a number, e.g. 1250 or 1.5.');
			expect(testBed.sandbox.log).toEqual([]);
		},
	);

	it.each([
		['={{ "11" }}', 11],
		['=11', 11],
		[11, 11],
	])('The person %j is sent as the ID %j', async (userId, sent) => {
		await log({ userId, hours: 1 });
		expect(sentBodies()).toEqual([{ userId: sent, hours: 1 }]);
	});

	it('A name by an expression is refused, and the message says where IDs come from', async () => {
		const { error } = await log({ userId: '={{ "Ema Nováková" }}' });
		expect(error?.message).toBe('The field "userId", Ema Nováková, is not an ID [item 0]');
		expect(error?.description).toBe(
			'Enter an ID, e.g. 1234. Look Up finds it by the name of the record.',
		);
		expect(testBed.sandbox.log).toEqual([]);
	});

	it.each([
		['2026-11-19T23:30:00Z', '2026-11-20'],
		['2026-11-19T23:30:00', '2026-11-19'],
		['19.11.2026', '2026-11-19'],
		['={{ DateTime.fromISO("2026-11-19T23:30:00Z") }}', '2026-11-20'],
		['={{ new Date("2026-11-19T23:30:00Z") }}', '2026-11-20'],
	])('The day of a field found on the account is a day: %s', async (date, day) => {
		const { error } = await log({ date }, { settings: { timezone: 'Europe/Prague' } });
		expect(error).toBeUndefined();
		expect(sentBodies()).toEqual([{ date: day }]);
	});

	it('A day that is none is refused', async () => {
		const { error } = await log({ date: '={{ "19/11/2026" }}' });
		expect(error?.message).toBe('The field "date", 19/11/2026, is not a date [item 0]');
		expect(testBed.sandbox.log).toEqual([]);
	});
});

describe('Create: dates', () => {
	const dayOf = async (value: unknown, timezone = 'Europe/Prague') => {
		testBed.sandbox.clearLog();
		const fields = toMapping({
			ownerId,
			companyId,
			statusDate: value,
			'properties.createdOn': value,
		});
		const { error } = await create(
			{ resource: 'document', ...toDocumentType('DOCUMENT.ISSUED'), ...fields },
			{ settings: { timezone } },
		);
		const [body] = sentBodies() as Array<{ statusDate: string; properties: object }>;
		if (body) expect(body.properties).toEqual({ createdOn: body.statusDate });
		return body?.statusDate ?? error?.message;
	};

	it.each([
		['2026-11-30', 'Europe/Prague', '2026-11-30'],
		['2026-11-30', 'America/New_York', '2026-11-30'],
		[' 2026-11-30 ', 'Europe/Prague', '2026-11-30'],
		['2026-11-30T23:30:00Z', 'Europe/Prague', '2026-12-01'],
		['2026-11-30T23:30:00Z', 'America/New_York', '2026-11-30'],
		['2026-11-30T23:30:00', 'Europe/Prague', '2026-11-30'],
		['2026-11-30 23:30:00+00', 'Europe/Prague', '2026-12-01'],
		['2026-11-30 23:30:00.123456 UTC', 'Europe/Prague', '2026-12-01'],
		['2026-11-30T23:30:00,5-0500', 'Europe/Prague', '2026-12-01'],
		['2026-11-30 08:00:00', 'Europe/Prague', '2026-11-30'],
		['2026-12-01T00:30:00+01:00', 'Europe/Prague', '2026-12-01'],
		['2024-02-29', 'Europe/Prague', '2024-02-29'],
		['30.11.2026', 'America/New_York', '2026-11-30'],
		['1. 12. 2026', 'Europe/Prague', '2026-12-01'],
		['01.\u00a002.\u00a02026', 'Europe/Prague', '2026-02-01'],
		['2026-3-4', 'Europe/Prague', '2026-03-04'],
		['={{ DateTime.fromISO("2026-11-30T23:30:00Z") }}', 'Europe/Prague', '2026-12-01'],
		['={{ DateTime.fromISO("2026-11-30") }}', 'America/New_York', '2026-11-30'],
		['={{ new Date("2026-11-30T23:30:00Z") }}', 'Europe/Prague', '2026-12-01'],
	])('%s in the time zone %s is sent as %s', async (given, zone, day) => {
		expect(await dayOf(given, zone)).toBe(day);
	});

	it.each([
		...['2026-02-30', '2026-13-01', 'tomorrow', '2026-11-30T25:00', '2026-11-30 (draft)', 20261130],
		...['31.11.2026', '11.30.2026', '30.11.26', '30/11/2026', '30.11.2026.'],
	])('%s is refused as a date', async (given) => {
		expect(await dayOf(given)).toMatch(/^The field "statusDate", .+, is not a date \[item 0\]$/);
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('An empty date clears the field', async () => {
		const body = { ownerId, companyId, statusDate: null, properties: { createdOn: '' } };
		await create({ resource: 'document', ...toJsonBody(body) });
		expect(sentBodies()).toMatchObject([body]);
	});
});
