import type { IDataObject, ResourceMapperField } from 'n8n-workflow';
import type { LoggedRequest, Sandbox } from './sandbox/index.mts';
import { builtModule, type Stage } from './support.mts';

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

/** The resources whose entity takes a method. */
export const resourcesTaking = (method: string): Resource[] =>
	RESOURCES.filter((resource) => supportsMethod(resource, method));

/** How a server compares that ignores case, accents and spacing. */
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

/** What is given and what a server has that holds it for equal. */
export const LOOSELY_EQUAL: Array<[given: string, there: string]> = [
	['ACME', 'Acme'],
	['Strasse', 'Straße'],
	['Lodz', 'Łódź'],
	['Two  Spaces', 'Two Spaces'],
	['No\u00a0Break', 'No Break'],
	['Zero\u200b Width', 'Zero Width'],
	['ＷＩＤＥ', 'Wide'],
];

/** The writes that came over the wire, in order. */
export const writesTo = ({ log }: Sandbox): LoggedRequest[] =>
	log.filter(({ method }) => method !== 'GET');
export const readsOf = ({ log }: Sandbox): LoggedRequest[] =>
	log.filter(({ method }) => method === 'GET');
export const bodiesTo = (sandbox: Sandbox): unknown[] => writesTo(sandbox).map(({ body }) => body);

export const json = (body: unknown): object => ({
	fieldsMode: 'json',
	body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** Values in the mapper, with or without the fields the editor was given. */
export const mapped = (
	value: object,
	schema: Array<Partial<ResourceMapperField>> = [],
	more: object = {},
): object => ({
	fieldsMode: 'mapping',
	fields: { mappingMode: 'defineBelow', value, matchingColumns: [], schema, ...more },
});

/** The input's own fields, as far as they are among those the editor was given. */
export const automatic = (
	schema: Array<Partial<ResourceMapperField>>,
	more: object = {},
): object => ({
	fieldsMode: 'mapping',
	fields: { mappingMode: 'autoMapInputData', value: null, matchingColumns: [], schema, ...more },
});

/** The fields that the editor shows for an operation, from the live account. */
export const fieldsFor = async (
	{ engine }: Stage,
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

export const named = (value: string): object => ({
	documentType: { __rl: true, mode: 'name', value },
});
export const byId = (value: unknown): object => ({
	recordId: { __rl: true, mode: 'id', value },
});

/** What the documented examples point at: adds the records to an account that lacks them. */
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

/** A body by flat names, as the mapper holds it. */
export const flat = ({ properties, ...fields }: IDataObject): IDataObject => ({
	...fields,
	...Object.fromEntries(
		Object.entries((properties ?? {}) as IDataObject).map(([name, value]) => [
			`properties.${name}`,
			value,
		]),
	),
});
