import type { IDataObject } from 'n8n-workflow';
import type { Sandbox } from '../sandbox/index.mts';

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
