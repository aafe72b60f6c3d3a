/** The option Empty Values: empty values clear fields, or are not sent. */
import type { IDataObject } from 'n8n-workflow';
import { useTestBed } from '../../helpers/testBed.mts';
import { getBodies, getWrites } from '../../helpers/loggedRequests.mts';
import {
	loadFields,
	toAutoMapping,
	toDocumentType,
	toJsonBody,
	toMapping,
	toRecordId,
} from '../../helpers/writeParameters.mts';

const testBed = useTestBed({
	properties: { companies: { segment: 'text', extId: 'text', zero: 'number', no: 'boolean' } },
});

const company = { resource: 'company' };
const ignore = { options: { emptyValues: 'ignore' } };
const clear = { options: { emptyValues: 'clear' } };

/** A row of a spreadsheet with empty cells, as an item. */
const ROW = {
	name: 'Row',
	industry: '',
	isClient: null,
	tags: '[]',
	'properties.segment': '',
	'properties.extId': '7',
};
const CLEARED = {
	name: 'Row',
	industry: '',
	isClient: null,
	tags: [],
	properties: { segment: '', extId: '7' },
};
const IGNORED = { name: 'Row', tags: [], properties: { extId: '7' } };

/** The ways to give the fields of ROW. */
const WAYS: Array<[string, () => Promise<object>]> = [
	[
		'mapped by hand',
		async () =>
			toMapping(
				Object.fromEntries(Object.keys(ROW).map((name) => [name, `={{ $json["${name}"] }}`])),
				[],
				{ matchingColumns: ['name'] },
			),
	],
	[
		'mapped automatically',
		async () =>
			toAutoMapping(await loadFields(testBed, { ...company, operation: 'upsert' }), {
				matchingColumns: ['name'],
			}),
	],
	[
		'as JSON',
		async () => ({ ...toJsonBody('={{ $json }}'), matchColumn: 'name', matchValue: 'Row' }),
	],
];
const OPERATIONS: Array<[string, () => object]> = [
	['create', () => ({})],
	['update', () => toRecordId(testBed.sandbox.records('companies')[0].id)],
	['upsert', () => ({})],
];

describe.each(WAYS)('Fields %s', (_, readFields) => {
	it.each(OPERATIONS)(
		'The operation %s clears fields, or ignores empty values',
		async (operation, toTarget) => {
			const parameters = { ...company, operation, ...toTarget(), ...(await readFields()) };
			testBed.sandbox.clearLog();
			for (const options of [{}, clear, ignore]) {
				const { error } = await testBed.run({ ...parameters, ...options }, { input: [ROW] });
				expect(error).toBeUndefined();
			}
			expect(getBodies(testBed.sandbox)).toEqual([CLEARED, CLEARED, IGNORED]);
		},
	);
});

describe('Empty values that are ignored', () => {
	const update = async (body: object, more: object = {}) => {
		const [{ id }] = testBed.sandbox.records('companies');
		return await testBed.run(
			{ ...company, operation: 'update', ...toRecordId(id), ...ignore, ...toJsonBody(body) },
			more,
		);
	};

	it('Texts of spaces are ignored too, but no other values', async () => {
		const kept: IDataObject = {
			isClient: false,
			tags: [],
			contacts: [{ email: '', phones: [''] }],
			properties: { zero: 0, no: false },
		};
		await update({
			...kept,
			industry: ' \t',
			properties: { ...(kept.properties as object), a: ' ' },
		});
		expect(getBodies(testBed.sandbox)).toEqual([kept]);
	});

	it('Ignored values leave no empty properties behind', async () => {
		await update({ name: 'A', properties: { segment: '', extId: null } });
		expect(getBodies(testBed.sandbox)).toEqual([{ name: 'A' }]);
	});

	it('An item whose values are all ignored is refused before anything is sent', async () => {
		const { error } = await update({ industry: null, properties: { segment: '' } });
		expect(error?.message).toBe('There is no field to write: all values are empty [item 0]');
		expect(error?.description).toContain("'Clear the Field' under 'Empty Values'");
		expect(getWrites(testBed.sandbox)).toEqual([]);
	});

	it('Ignored values do not count as required fields of a new record', async () => {
		const { error } = await testBed.run({
			resource: 'document',
			operation: 'create',
			...ignore,
			...toDocumentType('DOCUMENT.ISSUED'),
			...toMapping({ ownerId: 1, companyId: '' }),
		});
		expect(error?.message).toBe('The required field companyId is missing [item 0]');
	});

	it('Create or Update refuses an item whose value to match on is ignored', async () => {
		const { error } = await testBed.run({
			...company,
			operation: 'upsert',
			...ignore,
			...toMapping({ name: '', industry: 'Cars' }, [], { matchingColumns: ['name'] }),
		});
		expect(error?.message).toBe('The value of "name" to match on is empty [item 0]');
	});
});

it('A misspelt choice is refused', async () => {
	const { error } = await testBed.run({
		...company,
		operation: 'create',
		...toJsonBody({ name: 'A' }),
		options: { emptyValues: '={{ "skip" }}' },
	});
	expect(error?.message).toBe('"skip" is not a valid value for \'Empty Values\' [item 0]');
});
