import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { InvalidInput } from '../api/common/invalidInput';
import { RESOURCES } from '../api/schema/resources';
import { getDocumentedFields } from '../api/schema/fields';
import { listUnusedFields, selectInputFields } from './autoMap';
import type { ItemParameters, ParameterReader } from './reader';
import { UNCONFIRMED_MARK } from './savedField';

/** The choice between the field mapper and JSON. */
export const fieldsModeParameter: INodeProperties = {
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
};

/** For models that build workflows: the fields of the mapper cannot be asked for otherwise. */
const FIELDS_HINT = { propertyHint: 'loadOptions method getWritableFields lists the fields' };

/** Explains the mark of fields whose name is not documented. */
const unconfirmedNotice: INodeProperties = {
	displayName: `If a field is marked (${UNCONFIRMED_MARK}), its name is not documented: it follows from its meaning or from a view. The mark goes once a record shows the name. If Teamogy does not take it, choose 'Using JSON' and name the field yourself.`,
	name: 'unconfirmedNotice',
	type: 'notice',
	default: '',
	displayOptions: {
		show: {
			resource: RESOURCES.filter(
				({ entity }) =>
					entity && getDocumentedFields(entity).some(({ unconfirmed }) => unconfirmed),
			).map(({ value }) => value),
			fieldsMode: ['mapping'],
		},
	},
};

/**
 * Shown while the mapper lists documented fields alone: n8n asks for the fields of a node in a workflow that was never
 * saved before the node has its credential. The editor saves the fields with the mapping, so the first one tells.
 */
const accountUnreadNotice: INodeProperties = {
	displayName:
		'Only documented fields are listed yet. Once a credential is chosen, close the node and open it again, or refresh the list of fields, to load those of your account.',
	name: 'accountUnreadNotice',
	type: 'notice',
	default: '',
	displayOptions: {
		show: { fieldsMode: ['mapping'], '/fields.schema[0].isAccountUnread': [true] },
	},
};

/** The field mapper. */
export const buildMapperParameters = (mode: 'add' | 'upsert'): INodeProperties[] => [
	{
		displayName: 'Values to Send',
		name: 'fields',
		type: 'resourceMapper',
		builderHint: FIELDS_HINT,
		noDataExpression: true,
		default: { mappingMode: 'defineBelow', value: null },
		required: true,
		typeOptions: {
			// A change of one of these empties the mapping. Another document type or business unit keeps it: the same
			// fields can be written.
			loadOptionsDependsOn: ['resource', 'operation'],
			// `addAllFields: false` is left out: with it the editor hides even the field to match on.
			resourceMapper: {
				resourceMapperMethod: 'getFields',
				mode,
				fieldWords: { singular: 'field', plural: 'fields' },
				multiKeyMatch: false,
				supportAutoMap: true,
				allowEmptyValues: true,
				// `getFields` gives a notice of its own.
				hideNoDataError: true,
				// n8n removes from the mapping the fields that the list lacks. Both are safe since `getFields` lists mapped fields too.
				refreshIncompleteSchemaOnOpen: true,
				refreshStaleSchemaOnOpen: true,
			},
		},
		displayOptions: { show: { fieldsMode: ['mapping'] } },
	},
	accountUnreadNotice,
	unconfirmedNotice,
];

/** n8n's value of the field mapper. */
export interface MapperValue {
	mappingMode?: 'defineBelow' | 'autoMapInputData';
	value?: IDataObject | null;
	matchingColumns?: string[];
	schema?: Array<{ id: string; type?: string; kind?: string; removed?: boolean }>;
}

const isMapped = (parameters: ParameterReader): boolean =>
	parameters.readChoice('fieldsMode', 'Specify Fields', ['mapping', 'json']) === 'mapping';

/** Reads the field mapper; undefined if the fields are JSON. */
export const readMapperValue = (parameters: ParameterReader): MapperValue | undefined =>
	isMapped(parameters)
		? ((parameters.readParameter('fields', {}) ?? {}) as MapperValue)
		: undefined;

/**
 * Lists the mapped fields by their flat names: fields mapped by hand, or fields of the input item that have the name
 * of a field of the record. A field that the editor hides is left out, even with a value.
 */
export const listMappedFields = (
	{ mappingMode, value, schema = [] }: MapperValue,
	input: IDataObject,
): IDataObject => {
	if (mappingMode !== 'autoMapInputData') {
		const hidden = new Set(schema.filter(({ removed }) => removed).map(({ id }) => id));
		return Object.fromEntries(Object.entries(value ?? {}).filter(([name]) => !hidden.has(name)));
	}
	if (!schema.length) {
		throw new InvalidInput(
			'The node does not know the fields of the record yet',
			'Open the node in the editor, which loads the fields, or map each field manually.',
		);
	}
	return selectInputFields(
		input,
		schema.map(({ id }) => id),
	);
};

/** Reads which fields of the input item *Map Automatically* does not send. Evaluates no expression of a mapping. */
export function readUnusedFields(item: ItemParameters): string[] {
	if (!isMapped(item) || item.readParameter('fields.mappingMode', '') !== 'autoMapInputData')
		return [];
	const schema = item.readParameter('fields.schema', []) as NonNullable<MapperValue['schema']>;
	return listUnusedFields(
		item.input.json,
		schema.map(({ id }) => id),
	);
}
