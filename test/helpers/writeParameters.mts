import type { ResourceMapperField } from 'n8n-workflow';
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

/** Loads the fields that the editor shows for an operation. */
export const loadFields = async (
	{ engine }: TestBed,
	parameters: object,
): Promise<ResourceMapperField[]> =>
	(
		await engine.resourceMapping({
			type: 'teamogy',
			method: 'getFields',
			parameters,
			path: 'parameters.fields',
		})
	).fields;

export const toDocumentType = (value: string): object => ({
	documentType: { __rl: true, mode: 'name', value },
});
export const toRecordId = (value: unknown): object => ({
	recordId: { __rl: true, mode: 'id', value },
});
