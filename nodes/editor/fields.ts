import type {
	FieldType,
	ILoadOptionsFunctions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import { entityTakes } from '../api/catalog';
import { TeamogyError } from '../api/errors';
import { documentedFields, NAMING, type Field, type FieldKind } from '../api/fields';
import { newestId } from '../api/newest';
import { fieldsOf, readRecord } from '../api/record';
import { readRows, type Row } from '../api/view';
import { connect } from '../context/connection';
import { chosen, explained } from './chosen';

const KINDS: Record<FieldKind, FieldType> = {
	string: 'string',
	number: 'number',
	boolean: 'boolean',
	date: 'dateTime',
	array: 'array',
	object: 'object',
};

const kindOf = (value: unknown): FieldKind => {
	if (Array.isArray(value)) return 'array';
	const type = value === null ? 'string' : typeof value;
	return type in KINDS ? (type as FieldKind) : 'string';
};

/** The fields of a record, those under `properties` by flat names. */
const found = (record: Row): Field[] =>
	Object.entries(record).flatMap(([id, value]): Field[] =>
		id === 'properties' && typeof value === 'object' && value !== null
			? Object.entries(value as Row).map(([key, inner]) => ({
					id: `properties.${key}`,
					label: `Property ${key}`,
					kind: kindOf(inner),
				}))
			: [{ id, label: id, kind: kindOf(value) }],
	);

const isScalar = ({ kind }: Pick<Field, 'kind'>): boolean => kind !== 'array' && kind !== 'object';

/**
 * The fields that can be written: the documented ones, and those found on the newest record of this
 * account, whose configuration decides what there is.
 */
export async function getFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	return await explained(this, async () => {
		const { resource, unitId, view } = chosen(this);
		const entity = resource.entity!;
		const operation = this.getCurrentNodeParameter('operation');
		const upsert = operation === 'upsert';
		// A change may leave them as they are.
		const asksForAll = operation === 'create';
		const client = await connect(this);

		const documented = documentedFields(entity);
		const newest = async (): Promise<Row> => {
			if (!entityTakes(resource, 'GET')) {
				const [row = {}] = await readRows(client, { view, limit: 1, unitId });
				return row;
			}
			const id = await newestId(client, view, unitId);
			if (id === undefined) return {};
			const what = `${resource.name.toLowerCase()} ${id}`;
			return fieldsOf(await readRecord(client, { entity, what, unitId }, { id: String(id) }));
		};
		const record = await newest().catch((error) => {
			// A key may be allowed to write and not to read: then the documented fields have to do.
			const forbidden = error instanceof TeamogyError && [403, 404].includes(error.status ?? 0);
			if (forbidden && documented.length) return {};
			throw error;
		});

		const names = new Set(documented.map(({ id }) => id));
		// The ID is given by Teamogy, the type of a document chosen elsewhere in the node.
		const elsewhere = resource.documentTypes ? ['id', 'type'] : ['id'];
		const onRecord = found(record).filter(({ id }) => !names.has(id) && !elsewhere.includes(id));
		const confirmed = new Set(found(record).map(({ id }) => id));
		const idField: Field[] = upsert ? [{ id: 'id', label: 'ID', kind: 'number' }] : [];
		const fields = [...idField, ...documented, ...onRecord];
		// Not the ID, where there is another: a new record cannot be given one.
		const match = [...NAMING, 'id'].find(
			(name) => upsert && fields.some((field) => field.id === name && isScalar(field)),
		);
		return {
			fields: fields.map(
				({ id, label, kind, required = false, unconfirmed }): ResourceMapperField => {
					const certain = !unconfirmed || confirmed.has(id);
					return {
						id,
						displayName: certain ? label : `${label} (Name Not Confirmed)`,
						type: KINDS[kind],
						required: required && asksForAll,
						display: true,
						defaultMatch: id === match,
						canBeUsedToMatch: upsert && isScalar({ kind }),
						removed: !(required && asksForAll) && id !== match,
					};
				},
			),
		};
	});
}
