import type { IDataObject, ResourceMapperField } from 'n8n-workflow';
import type { LoggedRequest, Sandbox } from '../sandbox/index.mts';
import { builtModule, type TestBed } from './testBed.mts';

interface Resource {
	value: string;
	entity?: string;
	documentTypes?: string[];
	views: string[];
}

export const { RESOURCES, supportsMethod } = builtModule<{
	RESOURCES: Resource[];
	supportsMethod(resource: Resource, method: string): boolean;
}>('nodes/api/schema/catalog.js');

/** Lists the resources whose entity takes a method. */
export const listResourcesFor = (method: string): Resource[] =>
	RESOURCES.filter((resource) => supportsMethod(resource, method));

/** The value as a server compares it that ignores case, accents and spacing. */
export const looseKey = (value: unknown): unknown =>
	typeof value === 'string'
		? value
				.normalize('NFKD')
				.replace(/[\p{M}\p{Cf}]/gu, '')
				.toLowerCase()
				.replaceAll('ß', 'ss')
				.replaceAll('ł', 'l')
				.replace(/\s+/g, ' ')
				.trim()
		: value;

/** Pairs of texts that such a server holds for equal. */
export const LOOSELY_EQUAL: Array<[given: string, there: string]> = [
	['ACME', 'Acme'],
	['Strasse', 'Straße'],
	['Lodz', 'Łódź'],
	['Two  Spaces', 'Two Spaces'],
	['No\u00a0Break', 'No Break'],
	['Zero\u200b Width', 'Zero Width'],
	['ＷＩＤＥ', 'Wide'],
];

/** The writes that the sandbox received, in order. */
export const getWrites = ({ log }: Sandbox): LoggedRequest[] =>
	log.filter(({ method }) => method !== 'GET');
export const getReads = ({ log }: Sandbox): LoggedRequest[] =>
	log.filter(({ method }) => method === 'GET');
export const getBodies = (sandbox: Sandbox): unknown[] =>
	getWrites(sandbox).map(({ body }) => body);

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

/** Inserts the records that the documented examples refer to, where the account lacks them. */
export function insertDocumented({ insert, records }: Sandbox): void {
	const add = (entity: string, record: IDataObject) => {
		if (!records(entity).some(({ id }) => id === record.id)) insert(entity, record);
	};
	add('agencies', { id: 18, name: 'Eighteen' });
	add('users', { id: 24, firstName: 'Twenty', lastName: 'Four' });
	add('companies', { id: 30370, name: 'Documented' });
	add('persons', { id: 24409, firstName: 'A', lastName: 'Person' });
	add('documents', { id: 25619, type: 'BINDER', agencyId: 18 });
	add('documents', { id: 26582, type: 'BINDER', agencyId: 18 });
}

/** The create bodies of Teamogy's documentation ("Document examples"), with values of our own. */
const REFERENCES = { agencyId: 18, ownerId: 24, companyId: 30370, personId: 24409 };
const PROPERTIES = {
	name: 'Subject',
	createdOn: '2021-09-03',
	'bodyRichtext-1': '<p>HTML</p>',
};
export const DOCUMENTED: Array<[string, IDataObject]> = [
	[
		'the smallest document',
		{ type: 'DOCUMENT.ISSUED', ...REFERENCES, binderId: 25619, properties: PROPERTIES },
	],
	[
		'one with a process',
		{
			type: 'DOCUMENT.ISSUED',
			...REFERENCES,
			binderId: 25619,
			setProcess: 'PROCESS-DOCUMENT.MANAGER.APPROVAL',
			properties: PROPERTIES,
		},
	],
	[
		'a letter with its label',
		{
			type: 'DOCUMENT.ISSUED',
			...REFERENCES,
			binderId: 25619,
			tags: ['tag1'],
			status: 'PROCESSING',
			statusDate: '2021-09-01',
			category: 'CATEGORY.DOCUMENT-LETTER',
			properties: {
				...PROPERTIES,
				'properties.companyName': 'Sample a.s.',
				'properties.companyLabelName': 'Ms. Sample',
				'properties.companyLabelNameSuffix': 'CEO',
				'properties.companyLabelAddress': 'Street 16\n15500 Praha\nCzechia',
			},
		},
	],
	[
		'a purchase order with access rights',
		{
			type: 'DOCUMENT.ORDER.PURCHASE',
			...REFERENCES,
			binderId: 26582,
			tags: ['štítek'],
			status: 'PROCESSING',
			statusDate: '2021-09-01',
			category: '',
			acl: { read: { users: [], groups: [232] }, write: { users: [24], groups: [] } },
			properties: { name: 'Order' },
		},
	],
];

/** A body with flat names, as the mapper holds it. */
export const flatten = ({ properties, ...fields }: IDataObject): IDataObject => ({
	...fields,
	...Object.fromEntries(
		Object.entries((properties ?? {}) as IDataObject).map(([name, value]) => [
			`properties.${name}`,
			value,
		]),
	),
});
