import keyBy from 'lodash/keyBy.js';
import type { ResourceMapperField, ResourceMapperFields } from 'n8n-workflow';
import type { TestBed } from './testBed.mts';

/** Parameters that give the fields as JSON. */
export const toJsonBody = (body: unknown): object => ({
	fieldsMode: 'json',
	body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** Parameters that map values by hand, with or without the fields that the editor has loaded. */
export const toMapping = (
	value: object,
	schema: Array<Partial<ResourceMapperField>> = [],
	more: object = {},
): object => ({
	fieldsMode: 'mapping',
	fields: { mappingMode: 'defineBelow', value, matchingColumns: [], schema, ...more },
});

/** Parameters that map the input fields automatically, with the fields that the editor has loaded. */
export const toAutoMapping = (
	schema: Array<Partial<ResourceMapperField>>,
	more: object = {},
): object => ({
	fieldsMode: 'mapping',
	fields: { mappingMode: 'autoMapInputData', value: null, matchingColumns: [], schema, ...more },
});

/** Loads the list of fields that the editor shows for an operation. */
export const loadFieldList = async (
	{ engine }: TestBed,
	parameters: object,
	more: object = {},
): Promise<ResourceMapperFields> =>
	await engine.resourceMapping({
		type: 'teamogy',
		method: 'getFields',
		parameters,
		path: 'parameters.fields',
		...more,
	});
/** Loads the fields of that list. */
export const loadFields = async (
	...call: Parameters<typeof loadFieldList>
): Promise<ResourceMapperField[]> => (await loadFieldList(...call)).fields;
export const fieldsById = (fields: ResourceMapperField[]): Record<string, ResourceMapperField> =>
	keyBy(fields, 'id');

export const toDocumentType = (value: string): object => ({
	documentType: { __rl: true, mode: 'name', value },
});
export const toRecordId = (value: unknown): object => ({
	recordId: { __rl: true, mode: 'id', value },
});
