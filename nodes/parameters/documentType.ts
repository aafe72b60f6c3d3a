import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { isEmpty } from '../api/common/json';
import type { Resource } from '../api/schema/resources';
import { InvalidInput } from '../api/common/invalidInput';
import type { ParameterReader } from './reader';

/** For models that build workflows. */
const DOCUMENT_TYPE_HINT = { propertyHint: 'Mode "name" for a type of the account\'s own' };

const buildDocumentTypeParameter = ({
	value,
	documentTypes: [defaultType] = [],
}: Resource): INodeProperties => ({
	displayName: 'Document Type',
	name: 'documentType',
	type: 'resourceLocator',
	default: { mode: 'list', value: defaultType },
	required: true,
	description: 'The type of document, as configured in your Teamogy account',
	builderHint: DOCUMENT_TYPE_HINT,
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
			placeholder: `e.g. ${defaultType}`,
			hint: 'For a type defined in your own account',
		},
	],
});

/** The type of a new document, for each resource of documents. */
export const buildDocumentTypeParameters = (resources: readonly Resource[]): INodeProperties[] =>
	resources.filter(({ documentTypes }) => documentTypes).map(buildDocumentTypeParameter);

/**
 * Reads the type of a document: the type in the body, else the chosen one. Accounts configure types of their own, so
 * any text is a type. Undefined for records that are not documents.
 */
export function readDocumentType(
	{ resource, readParameter }: ParameterReader,
	body: IDataObject,
): string | undefined {
	if (!resource.documentTypes) return undefined;
	const value = isEmpty(body.type) ? readParameter('documentType', '', true) : body.type;
	const type = typeof value === 'string' ? value.trim() : '';
	if (type) return type;
	throw new InvalidInput(
		"'Document Type' is empty or not text",
		'Choose one from the list, or enter the name of one defined in your account.',
	);
}
