/** Fields that are mapped and that the account does not show: the editor keeps them. */
import type { NodeError } from 'n8n-workflow';
import { saveMapping, type SavedMapping } from '../../helpers/mapperPanel.mts';
import { rejection } from '../../helpers/rejection.mts';
import { useTestBed } from '../../helpers/testBed.mts';
import { fieldsById, loadFields } from '../../helpers/writeParameters.mts';

const testBed = useTestBed({ hasLateRequests: true });

const fieldsOf = async (parameters: object, more?: object) =>
	await loadFields(testBed, { operation: 'create', ...parameters }, more);

describe('Mapped fields that the account does not show', () => {
	const parameters = { resource: 'company', operation: 'upsert' };
	/** A mapping written by a script: it has no schema. */
	const written = {
		mappingMode: 'defineBelow',
		value: { name: 'A', vatCode: 'CZ1', 'properties.own.key': 5, labels: ['x'], legal: { a: 1 } },
		matchingColumns: ['vatCode'],
	};

	it('Mapped fields are listed, shown, marked, and of a type that takes their values', async () => {
		const fields = fieldsById(await fieldsOf({ ...parameters, fields: written }));
		expect(fields).toMatchObject({
			name: { displayName: 'Name', removed: false },
			vatCode: { displayName: 'vatCode (not seen)', type: 'string', canBeUsedToMatch: true },
			'properties.own.key': {
				displayName: 'Property own.key (not seen)',
				type: 'string',
				removed: false,
				required: false,
			},
			labels: { type: 'array', canBeUsedToMatch: false, removed: false },
			legal: { type: 'object', removed: false },
			industry: { displayName: 'Industry', removed: true },
		});
	});

	it('Mapped fields keep their saved type and stay hidden', async () => {
		const saved = (id: string, type: string, removed?: boolean) => ({ id, type, removed });
		const schema = [
			saved('rating', 'number', false),
			saved('since', 'dateTime', true),
			saved('vip', 'options', false),
			saved('odd', 'no type of n8n'),
		];
		const fields = fieldsById(await fieldsOf({ ...parameters, fields: { value: null, schema } }));
		expect(fields).toMatchObject({
			rating: { type: 'string', displayName: 'rating (Number, not seen)', removed: false },
			since: { type: 'string', removed: true },
			vip: { type: 'options', options: [{ value: true }, { value: false }], removed: false },
			odd: { type: 'string', removed: false },
		});
	});

	it.each<[string, unknown, string[]]>([
		['nothing at all', undefined, []],
		['an empty object', {}, []],
		['text', 'name', []],
		['a list', ['name'], []],
		['a mapping that is empty', { mappingMode: 'defineBelow', value: null, schema: null }, []],
		['a value that is a list', { value: ['a'], schema: {} }, []],
		['a schema with gaps', { schema: [null, 'a', {}, { id: 5 }, { id: 'own' }] }, ['own']],
		['only the field to match on', { matchingColumns: ['own', 5] }, ['own']],
		['values that are not known yet', { value: { own: null, other: null } }, ['own', 'other']],
	])('The list is right with %s as mapping', async (_what, fields, more) => {
		const plain = await fieldsOf(parameters);
		const found = await fieldsOf({ ...parameters, fields });
		expect(found.map(({ id }) => id)).toEqual([...plain.map(({ id }) => id), ...more]);
	});

	it('Mapped fields are not marked without a sample', async () => {
		const of = async (more: object) =>
			fieldsById(await fieldsOf({ resource: 'job', operation: 'create', fields: written }, more));
		expect((await of({ credentials: false })).vatCode.displayName).toBe('vatCode');
		const body = { metadata: { nextOffset: null }, data: [] };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		expect((await of({})).vatCode.displayName).toBe('vatCode');
	});

	it('A mapping that the editor could not read is refused, so that it is not lost', async () => {
		const error = await rejection<NodeError>(fieldsOf({ ...parameters, fields: null }));
		expect(error.message).toBe("An expression in 'Values to Send' has no data yet");
		expect(testBed.sandbox.log).toEqual([]);
	});

	const mappings: Array<[string, SavedMapping]> = [
		['written by a script', written],
		['written by a script, to map automatically', { ...written, mappingMode: 'autoMapInputData' }],
		[
			'saved by the editor, when the account still had the field',
			{
				...written,
				schema: [
					...['name', 'vatCode', 'labels'].map((id) => ({ id, removed: false })),
					...['properties.own.key', 'legal', 'old'].map((id) => ({ id, removed: true })),
				],
			},
		],
	];
	describe.each([{ old: false }, { old: true }])('The editor of n8n, %j', (version) => {
		it.each(mappings)('A mapping %s stays however often it is opened', async (_what, saved) => {
			let mapping = saved;
			for (const unit of [1, 2, 1]) {
				const given = { ...parameters, fields: mapping, options: { unitId: unit } };
				mapping = saveMapping(mapping, await fieldsOf(given), version);
				expect(mapping.value).toEqual(written.value);
			}
			const schema = new Map(mapping.schema!.map(({ id, removed }) => [id, removed]));
			for (const { id, removed } of saved.schema ??
				Object.keys(written.value).map((id) => ({ id, removed: false })))
				expect([id, schema.get(id)]).toEqual([id, removed]);
		});
	});

	it('Mapped fields are sent as they are mapped', async () => {
		// The account has the field, on a record outside the sample.
		testBed.sandbox.insert('companies', { name: 'Last', properties: { 'own.key': 1 } });
		const mapping = saveMapping(written, await fieldsOf({ ...parameters, fields: written }));
		const create = { resource: 'company', operation: 'create', fields: mapping };
		expect((await testBed.run(create)).error).toBeUndefined();
		expect(testBed.sandbox.log.at(-1)!.body).toEqual({
			name: 'A',
			vatCode: 'CZ1',
			labels: ['x'],
			legal: { a: 1 },
			properties: { 'own.key': 5 },
		});
	});
});
