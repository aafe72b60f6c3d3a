/** Create refuses what Teamogy could not take, before it sends anything. */
import { useCreate } from '../../../helpers/create.mts';
import { toJsonBody, toMapping, toDocumentType } from '../../../helpers/writeParameters.mts';

const { testBed, ownerId, companyId, create, sentBodies } = useCreate();

describe('Create: invalid input', () => {
	const document = (fields: object): object => ({
		resource: 'document',
		...toDocumentType('DOCUMENT.ISSUED'),
		...toJsonBody({ ownerId, companyId, ...fields }),
	});

	it.each(['null', '[]', '[{"name": "A"}]', '"text"', '5', 'true', '{"name": }'])(
		'The body %s is refused',
		async (body) =>
			testBed.expectRefused(await create({ resource: 'job', ...toJsonBody(body) }), /^'Body' is /),
	);

	it.each([
		toJsonBody(''),
		toJsonBody('{}'),
		toMapping({}),
		toMapping({ name: '={{ $json.no.such.field }}' }),
	])('%j is refused because it has no field', async (fields) =>
		testBed.expectRefused(
			await create({ resource: 'job', ...fields }),
			/^There is no field to write/,
		),
	);

	it('The message tells where to add a field', async () => {
		const mapped = await create({ resource: 'job', ...toMapping({}) });
		testBed.expectRefused(
			mapped,
			"There is no field to write: no field under 'Values to Send' has a value",
		);
		expect(mapped.error?.description).toMatch(/^Choose a field with 'Add field to send'/);
		const json = await create({ resource: 'job', ...toJsonBody({}) });
		testBed.expectRefused(json, "There is no field to write: 'Body' is empty");
	});

	it.each([
		['={{ [1] }}', "'Body' is a list, not an object"],
		['={{ 5 }}', "'Body' is a number, not an object"],
		['={{ null }}', "'Body' is null, not an object"],
		['={{ { price: NaN } }}', '\'Body\', at "price", contains NaN, which is not a number'],
		['={{ { a: { b: [1, Infinity] } } }}', '\'Body\', at "a.b.1", contains Infinity'],
		['{"companyId": 9007199254740993}', '\'Body\', at "companyId", contains a whole number beyond'],
	])('The body %s is refused with the place of the wrong value', async (body, message) => {
		testBed.expectRefused(await create({ resource: 'job', fieldsMode: 'json', body }), message);
	});

	it('A number that is not a number is refused in the mapper', async () => {
		for (const name of ['hours', 'name', 'properties.x']) {
			testBed.expectRefused(
				await create({ resource: 'timeEntry', ...toMapping({ [name]: '={{ Number("x") }}' }) }),
				`The data to send, at "${name}", contains NaN, which is not a number`,
			);
		}
	});

	it('A body that nests too deeply is refused with a plain message', async () => {
		const list = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
		testBed.expectRefused(
			await create({ resource: 'company', fieldsMode: 'json', body: `{"name":${list}}` }),
			/^'Body', at "name\.0\.0.*…", is nested deeper than 1000 levels/,
		);
	});

	it('An invalid date is refused in the mapper', async () => {
		for (const [resource, name] of [
			['document', 'statusDate'],
			['timeEntry', 'date'],
			['job', 'properties.x'],
		])
			testBed.expectRefused(
				await create({ resource, ...toMapping({ [name]: '={{ new Date("tomorrow") }}' }) }),
				`The data to send, at "${name}", contains Invalid Date, which is not a date`,
			);
	});

	it.each([
		['statusDate', '={{ { statusDate: new Date("tomorrow") } }}'],
		['a.list.1', '={{ { a: { list: [1, new Date("tomorrow")] } } }}'],
	])('An invalid date is refused in the body, at %s', async (name, body) => {
		testBed.expectRefused(
			await create({ resource: 'document', fieldsMode: 'json', body }),
			`'Body', at "${name}", contains Invalid Date, which is not a date`,
		);
	});

	it.each([
		{ note: '={{ DateTime.fromFormat("x", "dd.MM.yyyy") }}' },
		{ 'properties.due': '={{ DateTime.fromISO("tomorrow") }}' },
	])('An invalid date of Luxon is refused, which n8n makes a text of: %j', async (fields) => {
		const [name] = Object.keys(fields);
		testBed.expectRefused(
			await create({ resource: 'company', ...toMapping({ name: 'Ada', ...fields }) }),
			`The data to send, at "${name}", contains Invalid DateTime, which is not a date`,
		);
	});

	it.each([
		[{ ownerId: undefined }, 'The required field ownerId is missing'],
		[{ companyId: '' }, 'The required field companyId is missing'],
		[{ companyId: null }, 'The required field companyId is missing'],
		[{ ownerId: 'Jana' }, 'The field "ownerId", Jana, is not an ID'],
		[{ ownerId: 1.5 }, 'The field "ownerId", 1.5, is not an ID'],
		[{ ownerId: [5] }, 'The field "ownerId", [5], is not an ID'],
		[{ companyId: -5 }, 'The field "companyId", -5, is not an ID'],
		[{ companyId: true }, 'The field "companyId", true, is not an ID'],
		[{ companyId: '9007199254740993' }, 'The field "companyId", 9007199254740993, is not an ID'],
		[{ statusDate: '31.11.2026' }, 'The field "statusDate", 31.11.2026, is not a date'],
		[{ participantIds: 5 }, 'The field "participantIds", 5, is not a list of IDs'],
		[{ participantIds: ['x'] }, 'The field "participantIds", ["x"], is not a list of IDs'],
		[{ participantIds: [1, 2.5] }, 'The field "participantIds", [1,2.5], is not a list of IDs'],
		[{ tags: 'one, two' }, 'The field "tags", one, two, is not a list in JSON'],
		[{ tags: { a: 1 } }, 'The field "tags", {"a":1}, is not a list in JSON'],
		[{ acl: [] }, 'The field "acl", [], is not an object in JSON'],
		[{ acl: 'text' }, 'The field "acl", text, is not an object in JSON'],
		[{ category: { a: 1 } }, 'The field "category", {"a":1}, is not text'],
		[{ properties: 'text' }, 'The field "properties" is not an object'],
		[{ properties: [1] }, 'The field "properties" is not an object'],
		[{ properties: { createdOn: 'x' } }, 'The field "properties.createdOn", x, is not a date'],
		[{ type: {} }, "'Document Type' is empty or not text"],
	])('The fields %j are refused', async (fields, message) => {
		testBed.expectRefused(await create(document(fields)), message);
	});

	it.each(['constructor', 'toString', '__proto__', 'maybe', 1, 0, ['true'], {}])(
		'A flag with the value %j is refused',
		async (isClient) => {
			testBed.expectRefused(
				await create({ resource: 'company', ...toJsonBody({ isClient }) }),
				/^The field "isClient", .*, is not true or false/,
			);
		},
	);

	it('Every missing required field is named', async () => {
		const { error } = await create({ resource: 'document', ...toJsonBody({ category: '' }) });
		expect(error?.message).toBe('Required fields are missing: ownerId, companyId [item 0]');
		expect(error?.description).toBe(
			'Teamogy requires of a new document: Owner ID (User) (ownerId), Company ID (companyId). Enter them as fields, or in the JSON.',
		);
	});

	it('An empty document type is refused', async () => {
		testBed.expectRefused(
			await create({
				resource: 'document',
				...toDocumentType(' '),
				...toJsonBody({ ownerId, companyId }),
			}),
			"'Document Type' is empty",
		);
	});

	it('One invalid item stops the run before anything is sent', async () => {
		testBed.expectRefused(
			await create(
				{ resource: 'company', ...toMapping({ isClient: '={{ $json.is }}' }) },
				{ input: [{ is: true }, { is: 'false' }, { is: 'perhaps' }] },
			),
			/^The field "isClient", perhaps, is not true or false \[item 2\]$/,
			{ item: 2 },
		);
	});

	it('One invalid item fails alone where the node continues on errors', async () => {
		const { json: rows, errorItems } = await create(
			{ resource: 'company', ...toMapping({ isClient: '={{ $json.is }}' }) },
			{ input: [{ is: true }, { is: 'perhaps' }, { is: 'false' }], onError: 'continueErrorOutput' },
		);
		expect(sentBodies()).toEqual([{ isClient: true }, { isClient: false }]);
		expect(rows).toHaveLength(2);
		expect(errorItems.map((item) => item.json)).toMatchObject([
			{ is: 'perhaps', error: expect.stringMatching(/"isClient", perhaps.*\[item 1\]$/) },
		]);
	});

	it('An item with an expression that cannot be evaluated fails alone', async () => {
		const { json: rows, errorItems } = await create(
			{ resource: 'company', ...toMapping({ name: "={{ $json.name ?? $('None').item.json }}" }) },
			{ input: [{ name: 'A' }, {}], onError: 'continueErrorOutput' },
		);
		expect([rows.length, errorItems.length]).toEqual([1, 1]);
		expect(sentBodies()).toEqual([{ name: 'A' }]);
	});
});
