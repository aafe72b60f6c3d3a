import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';

import { toJson } from '../api/common/depth';
import { removeExpressions } from '../api/common/formatValue';
import { isEmpty, isObject } from '../api/common/json';
import type { EntityName } from '../api/schema/catalog';
import { supportsMethod } from '../api/schema/resources';
import {
	getDocumentedFields,
	isComputedColumn,
	REFERENCES,
	type Field,
	type FieldKind,
} from '../api/schema/fields';
import { extractFields, readRecord, toRecordId } from '../api/record';
import { TeamogyError } from '../api/transport/errors';
import type { TeamogyClient } from '../api/transport/client';
import { detectColumn } from '../api/filters/columnTypes';
import { readViewSample } from '../api/filters/viewSamples';
import type { ColumnInfo } from '../api/filters/columnValue';
import {
	getColumnValue,
	getPropertyKey,
	groupByColumn,
	isPropertyColumn,
	listColumnNames,
	listFlatColumns,
	listValues,
} from '../api/views/columns';
import type { Row } from '../api/views/row';
import { describeRecord } from '../parameters/record';
import { getCurrentSelection } from './currentSelection';

/** Rows of the view, and records of the entity, that show which fields the account has. */
export interface FieldSample {
	rows: Row[];
	/** Empty where the entity cannot be read: the rows take their place then. */
	records: Row[];
}

export const EMPTY_SAMPLE: FieldSample = { rows: [], records: [] };

/** A field found on the account. The kind is undefined where the sample has no values, or values of several kinds. */
export type FoundField = Omit<Field, 'kind'> & { kind?: FieldKind };

/** Records read, at most: each takes a request. */
const MAX_RECORDS = 3;

const listFilledColumns = (row: Row): string[] =>
	listColumnNames(row).filter((name) => !isEmpty(getColumnValue(row, name)));

const hasEmptyFields = (record: Row): boolean => Object.values(record).some(isEmpty);

/**
 * Reads records whose rows together have a value in as many columns as possible: a record may lack its empty fields
 * (UNKNOWN). One record is enough where it has them, and where its row has a value in every column that has any.
 */
async function readRecords(rows: Row[], read: (id: string) => Promise<Row>): Promise<Row[]> {
	const records: Row[] = [];
	const covered = new Set<string>();
	const countNew = (row: Row) => listFilledColumns(row).filter((name) => !covered.has(name)).length;
	while (records.length < MAX_RECORDS) {
		const [best] = rows
			.map((row) => ({ row, count: countNew(row), id: toRecordId(row.id) }))
			.sort((a, b) => b.count - a.count);
		if (!best?.count) break;
		// A row whose ID cannot be used takes the place of its record.
		const record = best.id === undefined ? best.row : await read(best.id);
		records.push(record);
		if (hasEmptyFields(record)) break;
		for (const name of listFilledColumns(best.row)) covered.add(name);
	}
	return records;
}

const isForbidden = (error: unknown): boolean =>
	error instanceof TeamogyError && [403, 404].includes(error.status ?? 0);

/** Reads the first rows of views; of several views those that the key may read. */
async function readSampleRows(
	client: TeamogyClient,
	views: string[],
	unitId: number | undefined,
): Promise<Row[]> {
	const read = async (view: string): Promise<Row[]> =>
		await readViewSample(client, { view, unitId }).catch((error) => {
			if (views.length > 1 && isForbidden(error)) return [];
			throw error;
		});
	return (await Promise.all(views.map(read))).flat();
}

async function readSample(
	context: ILoadOptionsFunctions,
	client: TeamogyClient,
): Promise<FieldSample> {
	const { resource, unitId, views } = getCurrentSelection(context);
	const rows = await readSampleRows(client, views, unitId);
	if (!supportsMethod(resource, 'GET')) return { rows, records: [] };
	const entity = resource.entity!;
	const records = await readRecords(rows, async (id) => {
		const subject = describeRecord(resource, { id });
		return extractFields(await readRecord(client, { entity, subject, unitId }, { id }));
	});
	return { rows, records };
}

/** Reads a sample of the chosen view; an empty one for a key that must not read, if the entity has documented fields. */
export const readFieldSample = async (
	context: ILoadOptionsFunctions,
	client: TeamogyClient,
): Promise<FieldSample> =>
	await readSample(context, client).catch((error) => {
		const { entity } = getCurrentSelection(context).resource;
		if (isForbidden(error) && getDocumentedFields(entity!).length) return EMPTY_SAMPLE;
		throw error;
	});

const KINDS_BY_COLUMN_TYPE: Partial<Record<ColumnInfo['type'], FieldKind>> = {
	number: 'number',
	boolean: 'boolean',
	day: 'date',
	text: 'string',
};

function detectKind(rows: Row[], id: string): FieldKind | undefined {
	const values = listValues(rows, id);
	if (values.length && values.every(Array.isArray)) return 'array';
	if (values.length && values.every(isObject)) return 'object';
	const type = detectColumn(rows, id)?.type;
	return type && KINDS_BY_COLUMN_TYPE[type];
}

/** Longer JSON does not fit beside the name of a field. */
const MAX_EXAMPLE_LENGTH = 30;
const MAX_OUTLINE_LENGTH = 45;

/** The keys of an object with single values, without the values: as many as fit. */
function outlineObject(value: IDataObject): IDataObject {
	const keys = Object.keys(value).filter((key) => ['string', 'number'].includes(typeof value[key]));
	const outline: IDataObject = {};
	// No more keys than characters fit.
	for (const key of keys.slice(0, MAX_OUTLINE_LENGTH)) {
		const longer = { ...outline, [key]: '…' };
		if (JSON.stringify(longer).length <= MAX_OUTLINE_LENGTH - 2) outline[key] = '…';
	}
	return outline;
}

/** The shape of a value that is too long for an example: of an object, or of the first object of a list. */
function toOutline(value: unknown): string | undefined {
	const object: unknown = Array.isArray(value) ? value[0] : value;
	if (!isObject(object)) return undefined;
	const outline = outlineObject(object);
	if (!Object.keys(outline).length) return undefined;
	return JSON.stringify(Array.isArray(value) ? [outline] : outline);
}

/** A field that is found on the account or in the mapping. */
export function toFoundField(id: string, kind: FieldKind | undefined): FoundField {
	const reference = Object.hasOwn(REFERENCES, id) ? REFERENCES[id] : undefined;
	if (reference && (!kind || kind === 'number' || kind === 'id'))
		return { id, label: `${reference.label} (${id})`, kind: 'id' };
	const propertyKey = getPropertyKey(id);
	return { id, label: propertyKey === undefined ? id : `Property ${propertyKey}`, kind };
}

/**
 * Lists the names that can be written: those of the records with all `properties`; without records those of the rows.
 * Where records lack their empty fields, a column without any value may be such a field.
 */
function listWritableNames(entity: EntityName, { rows, records }: FieldSample): string[] {
	const rowNames = new Set(rows.flatMap(listFlatColumns));
	const ownNames = [...rowNames].filter((name) => !isComputedColumn(entity, name, rowNames));
	if (!records.length) return ownNames;
	const filled = new Set(rows.flatMap(listFilledColumns));
	const haveEmptyFields = records.some(hasEmptyFields);
	const isOwn = (name: string) => isPropertyColumn(name) || !(filled.has(name) || haveEmptyFields);
	return [...new Set([...records.flatMap(listFlatColumns), ...ownNames.filter(isOwn)])];
}

/** Fields of the sample that are listed, at most: the editor shows them all, and saves them with the workflow. */
const MAX_FIELDS_LISTED = 1000;

/**
 * Lists the fields that the sample shows.
 *
 * @param mapped the fields in the current mapping, which are listed in any case
 */
export function listFoundFields(
	entity: EntityName,
	sample: FieldSample,
	mapped: Pick<ReadonlyMap<string, unknown>, 'has'>,
): FoundField[] {
	const rowsByColumn = groupByColumn([...sample.records, ...sample.rows]);
	const names = listWritableNames(entity, sample)
		// n8n would save such a name as an expression.
		.filter((id) => id === removeExpressions(id))
		.filter((id, index) => index < MAX_FIELDS_LISTED || mapped.has(id));
	return names.map((id) => {
		const rows = rowsByColumn.get(id) ?? [];
		const field = toFoundField(id, detectKind(rows, id));
		if (field.kind !== 'array' && field.kind !== 'object') return field;
		const values = listValues(rows, id);
		const short = values
			.map((value) => toJson(value as object))
			.find(({ length }) => length > 2 && length <= MAX_EXAMPLE_LENGTH);
		return { ...field, example: short ?? values.map(toOutline).find(Boolean) };
	});
}
