import type {
	FieldType,
	ILoadOptionsFunctions,
	INodePropertyOptions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import { entityTakes } from '../api/catalog';
import { namesIn, WITHIN } from '../api/columns';
import { TeamogyError } from '../api/errors';
import { documentedFields, NAMING, type Field, type FieldKind } from '../api/fields';
import { newestId } from '../api/newest';
import { fieldsOf, readRecord } from '../api/record';
import { readRows, valueAt, type Row } from '../api/view';
import { connect, CREDENTIAL } from '../context/connection';
import { chosen, explained } from './chosen';

const KINDS: Record<FieldKind, FieldType> = {
	string: 'string',
	number: 'number',
	// A switch has no third position: what nobody has touched would be sent as off.
	boolean: 'options',
	date: 'dateTime',
	array: 'array',
	object: 'object',
};

const YES_OR_NO: INodePropertyOptions[] = [
	{ name: 'Yes', value: true },
	{ name: 'No', value: false },
];

const kindOf = (value: unknown): FieldKind => {
	if (Array.isArray(value)) return 'array';
	const type = value === null ? 'string' : typeof value;
	return type in KINDS ? (type as FieldKind) : 'string';
};

const entry = (key: string, value: unknown): Field => ({
	id: `${WITHIN}${key}`,
	label: `Property ${key}`,
	kind: kindOf(value),
});

/** The fields of a record, those under `properties` by flat names. */
const found = (record: Row): Field[] =>
	Object.entries(record).flatMap(([id, value]): Field[] =>
		id === 'properties' && typeof value === 'object' && value !== null
			? Object.entries(value as Row).map(([key, inner]) => entry(key, inner))
			: [{ id, label: id, kind: kindOf(value) }],
	);

/** The entries of `properties` in rows of the view. */
function entriesIn(rows: Row[]): Field[] {
	const values = new Map<string, unknown>();
	for (const row of rows)
		for (const name of namesIn(row).filter((one) => one.startsWith(WITHIN)))
			values.set(name, values.get(name) ?? valueAt(row, name) ?? null);
	return [...values].map(([name, value]) => entry(name.slice(WITHIN.length), value));
}

/** Rows whose `properties` are looked at. */
const SAMPLE = 20;

/** Fields whose values may tell records apart. */
const mayMatch = ({ kind }: Pick<Field, 'kind'>): boolean =>
	kind === 'string' || kind === 'number' || kind === 'date';

/** n8n asks for the fields of a new node before it gives it the credential. */
const WITHOUT_CREDENTIAL =
	"Choose a credential, then 'Refresh Field List' in the menu beside 'Values to Send'.";

/**
 * The fields that can be written: the documented ones, and those found on the newest record of this
 * account, whose configuration decides what there is. Which entries `properties` has differs from
 * record to record, so those in the view's rows are among them. Without a credential yet, the
 * documented ones.
 */
export async function getFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	return await explained(this, async () => {
		const { resource, unitId, view } = chosen(this);
		const entity = resource.entity!;
		const operation = this.getCurrentNodeParameter('operation');
		const upsert = operation === 'upsert';
		// A change may leave them as they are.
		const asksForAll = operation === 'create';
		const hasCredential = this.getNode().credentials?.[CREDENTIAL] !== undefined;

		const documented = documentedFields(entity);
		const live = async (): Promise<{ record: Row; rows: Row[] }> => {
			const client = await connect(this);
			const rows = await readRows(client, { view, limit: SAMPLE, unitId });
			if (!rows.length) return { record: {}, rows };
			if (!entityTakes(resource, 'GET')) return { record: rows[0], rows };
			const id = await newestId(client, view, unitId);
			if (id === undefined) return { record: {}, rows };
			const what = `${resource.name.toLowerCase()} ${id}`;
			const answer = await readRecord(client, { entity, what, unitId }, { id: String(id) });
			return { record: fieldsOf(answer), rows };
		};
		const nothing = { record: {}, rows: [] };
		const { record, rows } = !hasCredential
			? nothing
			: await live().catch((error) => {
					// A key may be allowed to write and not to read: then the documented fields have to do.
					const forbidden = error instanceof TeamogyError && [403, 404].includes(error.status ?? 0);
					if (forbidden && documented.length) return nothing;
					throw error;
				});

		const names = new Set(documented.map(({ id }) => id));
		// The ID is given by Teamogy, the type of a document chosen elsewhere in the node.
		const elsewhere = resource.documentTypes ? ['id', 'type'] : ['id'];
		const onRecord = found(record);
		const confirmed = new Set(onRecord.map(({ id }) => id));
		const onOthers = entriesIn(rows).filter(({ id }) => !confirmed.has(id));
		const idField: Field[] = upsert ? [{ id: 'id', label: 'ID', kind: 'number' }] : [];
		const fields = [
			...idField,
			...documented,
			...[...onRecord, ...onOthers].filter(({ id }) => !names.has(id) && !elsewhere.includes(id)),
		];
		// Not the ID, where there is another: a new record cannot be given one.
		const match = [...NAMING, 'id'].find(
			(name) => upsert && fields.some((field) => field.id === name && mayMatch(field)),
		);
		return {
			...(!hasCredential && { emptyFieldsNotice: WITHOUT_CREDENTIAL }),
			fields: fields.map(
				({ id, label, kind, required = false, unconfirmed }): ResourceMapperField => {
					const certain = !unconfirmed || confirmed.has(id);
					return {
						id,
						displayName: certain ? label : `${label} (Name Not Confirmed)`,
						type: KINDS[kind],
						required: required && asksForAll,
						display: true,
						...(kind === 'boolean' && { options: YES_OR_NO }),
						defaultMatch: id === match,
						canBeUsedToMatch: upsert && mayMatch({ kind }),
						removed: !(required && asksForAll) && id !== match,
					};
				},
			),
		};
	});
}
