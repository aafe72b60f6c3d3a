import type { INodeProperties } from 'n8n-workflow';

import { entityTakes, type Resource } from '../api/catalog';
import { optionsParameter, type OptionName } from './options';

/** Parameters of the operations that write. */

const documentTypeParameter = ({ value, documentTypes = [] }: Resource): INodeProperties => {
	const [usual] = documentTypes;
	return {
		displayName: 'Document Type',
		name: 'documentType',
		type: 'resourceLocator',
		default: { mode: 'list', value: usual },
		required: true,
		description: 'The type of document, as configured in your Teamogy account',
		typeOptions: { loadOptionsDependsOn: ['resource'] },
		displayOptions: { show: { resource: [value] } },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: 'searchDocumentTypes', searchable: true },
			},
			{
				displayName: 'By Name',
				name: 'name',
				type: 'string',
				placeholder: `e.g. ${usual}`,
				hint: 'For a type defined in your own account',
			},
		],
	};
};

/** The type of a new document, for each resource whose records are documents. */
export const documentTypeParameters = (resources: readonly Resource[]): INodeProperties[] =>
	resources.filter(({ documentTypes }) => documentTypes).map(documentTypeParameter);

/** What a new user must have is documented without its names (DOC "User create"), so the node cannot check it. */
export const newUserNotice = (resources: readonly Resource[]): INodeProperties[] =>
	resources
		.filter(({ entity }) => entity === 'users')
		.map(({ value }) => ({
			displayName:
				"Teamogy requires four text fields for a new user. Their names are not documented; they are probably user name, email, phone and one more. If one is missing, nothing is saved and you see Teamogy's answer.",
			name: 'newUserNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { resource: [value] } },
		}));

/** The fields to write: mapped one by one, or as JSON. */
export const fieldParameters = (mode: 'add' | 'upsert'): INodeProperties[] => [
	{
		displayName: 'Specify Fields',
		name: 'fieldsMode',
		type: 'options',
		options: [
			{
				name: 'Using Fields Below',
				value: 'mapping',
				description: 'Choose fields and give each a value, or take them from the input',
			},
			{ name: 'Using JSON', value: 'json', description: 'Specify all fields as one JSON object' },
		],
		default: 'mapping',
		description: 'How to specify the fields',
	},
	{
		displayName: 'Values to Send',
		name: 'fields',
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'defineBelow', value: null },
		required: true,
		typeOptions: {
			// A change of one of these empties the mapping. So the document type and the business unit, for which other
			// fields may be found but the same can be written, are not among them.
			loadOptionsDependsOn: ['resource', 'operation'],
			// No `addAllFields: false`: with it the editor hides even the field to match on, whatever getFields says.
			resourceMapper: {
				resourceMapperMethod: 'getFields',
				mode,
				fieldWords: { singular: 'field', plural: 'fields' },
				multiKeyMatch: false,
				supportAutoMap: true,
				allowEmptyValues: true,
				// getFields says why there are none, and what to do.
				hideNoDataError: true,
				// Both are safe, as getFields gives what is mapped too: n8n removes from the mapping what the list lacks.
				refreshIncompleteSchemaOnOpen: true,
				refreshStaleSchemaOnOpen: true,
			},
		},
		displayOptions: { show: { fieldsMode: ['mapping'] } },
	},
	{
		displayName: 'Body',
		name: 'body',
		type: 'json',
		default: '{}',
		required: true,
		description: 'All fields as one JSON object. An empty string or null clears a field.',
		displayOptions: { show: { fieldsMode: ['json'] } },
	},
];

/** The Options of a write: with Return Full Record where the record can be read at all. */
export const optionsByReturn = (
	resources: readonly Resource[],
	...names: OptionName[]
): INodeProperties[] => {
	const shownFor = (readable: boolean) => ({
		displayOptions: {
			show: {
				resource: resources
					.filter((one) => entityTakes(one, 'GET') === readable)
					.map(({ value }) => value),
			},
		},
	});
	return [
		{ ...optionsParameter(...names, 'returnRecord'), ...shownFor(true) },
		...(resources.every((one) => entityTakes(one, 'GET'))
			? []
			: [{ ...optionsParameter(...names), ...shownFor(false) }]),
	];
};
