/** Map Automatically: no input field is lost without a word. */
import type { IDataObject } from 'n8n-workflow';
import { useTestBed } from '../../helpers/testBed.mts';
import { getBodies, getWrites } from '../../helpers/loggedRequests.mts';
import {
	loadFields,
	toAutoMapping,
	toDocumentType,
	toRecordId,
} from '../../helpers/writeParameters.mts';

const testBed = useTestBed({ properties: { companies: { segment: 'text', free: 'number' } } });

beforeEach(() => {
	// The fullest company, which shows the editor the fields of the account.
	const [full] = testBed.sandbox.records('companies');
	testBed.sandbox.patch('companies', full.id, { properties: { segment: 'A' } });
});

const company = { resource: 'company' };

/** Runs a write whose fields the editor has loaded. */
async function run(parameters: object, input: IDataObject[], more: object = {}, mapper = {}) {
	const schema = await loadFields(testBed, parameters);
	testBed.sandbox.clearLog();
	return await testBed.run({ ...parameters, ...toAutoMapping(schema, mapper) }, { input, ...more });
}
const create = async (input: IDataObject[], more?: object) =>
	await run({ ...company, operation: 'create' }, input, more);
const messages = ({ hints }: Awaited<ReturnType<typeof create>>): string[] =>
	hints.map(({ message }) => message);

describe('An input field that almost has the name of a field', () => {
	it.each([
		['another case', 'Name', 'name'],
		['accents', 'námé', 'name'],
		['spaces around it', ' name ', 'name'],
		['an underscore', 'is_client', 'isClient'],
		['a hyphen', 'Is-Client', 'isClient'],
		['a dash', 'is–client', 'isClient'],
		['a space, as in the heading of a spreadsheet', 'Is Client', 'isClient'],
		['an invisible character', '\ufeffname', 'name'],
		['another case in a property', 'properties.SEGMENT', 'properties.segment'],
		['another case in the prefix of a property', 'Properties.own', 'properties.own'],
		['another case in the object of properties', 'Properties', 'properties'],
	])('The near miss is refused before anything is sent: %s', async (_, given, field) => {
		const { error } = await create([
			{ name: 'First' },
			{ industry: 'Cars', [given]: 'x', ...(field !== 'name' && { name: 'Second' }) },
		]);
		expect(error?.message).toBe(
			`The input field "${given}" differs from the field "${field}" of the record by its spelling only [item 1]`,
		);
		expect(error?.description).toMatch(/^Rename the input field to ".+" before this node/);
		expect(getWrites(testBed.sandbox)).toEqual([]);
	});

	it('Update refuses the near miss, and so does Create or Update for the field to match on', async () => {
		const [{ id }] = testBed.sandbox.records('companies');
		const update = { ...company, operation: 'update', ...toRecordId(id) };
		const upsert = { ...company, operation: 'upsert' };
		for (const [parameters, mapper] of [
			[update, {}],
			[upsert, { matchingColumns: ['name'] }],
		]) {
			const { error } = await run(parameters, [{ NAME: 'A', industry: 'B' }], {}, mapper);
			expect(error?.message).toContain(
				'"NAME" differs from the field "name" of the record by its spelling only [item 0]',
			);
		}
		expect(getWrites(testBed.sandbox)).toEqual([]);
	});

	it('The item with the near miss fails alone where the node continues on errors', async () => {
		const { errorItems, json } = await create(
			[{ Name: 'Lost' }, { name: 'Kept' }, { NÁME: 'Lost' }],
			{ onError: 'continueErrorOutput' },
		);
		expect([errorItems.length, json.length]).toEqual([2, 1]);
		expect(getBodies(testBed.sandbox)).toEqual([{ name: 'Kept' }]);
	});

	it('The near miss is only named where the input has the field itself too', async () => {
		const result = await create([{ name: 'A', Name: 'B' }]);
		expect(result.error).toBeUndefined();
		expect(getBodies(testBed.sandbox)).toEqual([{ name: 'A' }]);
		expect(messages(result)).toEqual([expect.stringMatching(/not sent: Name\.$/)]);
	});

	it('The near miss is refused for a document', async () => {
		const document = { resource: 'document', ...toDocumentType('DOCUMENT.ISSUED') };
		const { error } = await run({ ...document, operation: 'create' }, [
			{ ownerId: 1, 'Company ID': 2 },
		]);
		expect(error?.message).toContain('"Company ID" differs from the field "companyId"');
	});
});

describe('Input fields that no field has the name of', () => {
	it('One hint for all items names the input fields that no field has the name of', async () => {
		const result = await create([
			{ name: 'A', Vat: 'CZ1', own: null },
			{ name: 'B', Vat: 'CZ2', 'properties.free': 1 },
			{ name: 'C', note: '' },
		]);
		expect(messages(result)).toEqual([
			'No field of the record has the name of these input fields, so they were not sent: Vat, own, note.',
		]);
		expect(getBodies(testBed.sandbox)).toEqual([
			{ name: 'A' },
			{ name: 'B', properties: { free: 1 } },
			{ name: 'C' },
		]);
	});

	it('The hint names twenty input fields at most', async () => {
		const others = Array.from({ length: 25 }, (_, index) => [`x${index}`, index]);
		const result = await create([{ name: 'A', ...Object.fromEntries(others) }]);
		expect(messages(result)).toEqual([expect.stringMatching(/ x0, x1, .* x19 …\.$/)]);
	});

	it.each(['id', 'clientId'])(
		'Update does not name the field that chose the record: %s',
		async (name) => {
			const [{ id }, { id: other }] = testBed.sandbox.records('companies');
			const update = { ...company, operation: 'update', ...toRecordId(`={{ $json.${name} }}`) };
			expect(messages(await run(update, [{ [name]: id, industry: 'B' }]))).toEqual([]);
			expect(messages(await run(update, [{ [name]: id, industry: 'B', note: 1 }]))).toEqual([
				expect.stringMatching(/not sent: note\.$/),
			]);
			const another = { ...update, ...toRecordId(other) };
			expect(messages(await run(another, [{ [name]: id, industry: 'B' }]))).toEqual([
				expect.stringContaining(`not sent: ${name}.`),
			]);
		},
	);

	it('No hint is shown where each input field is sent or the fields are mapped by hand', async () => {
		expect(messages(await create([{ name: 'A', industry: 'B', properties: { c: 1 } }]))).toEqual(
			[],
		);
		const byHand = {
			fieldsMode: 'mapping',
			fields: { mappingMode: 'defineBelow', value: { name: 'A' } },
		};
		const result = await testBed.run(
			{ ...company, operation: 'create', ...byHand },
			{ input: [{ other: 1 }] },
		);
		expect(messages(result)).toEqual([]);
	});

	it('Create or Update names the input fields that no field has the name of', async () => {
		const result = await run(
			{ ...company, operation: 'upsert' },
			[{ name: 'A', Vat: 'CZ1' }],
			{},
			{ matchingColumns: ['name'] },
		);
		expect(messages(result)).toEqual([expect.stringMatching(/not sent: Vat\.$/)]);
	});
});
