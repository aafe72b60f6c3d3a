import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { DOCUMENT_TYPES } from '../api/catalog';
import { fold } from '../api/fold';
import { chosenResource } from './chosen';

/** The document types of the chosen resource that every account starts with. Asks Teamogy nothing. */
export async function searchDocumentTypes(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const { documentTypes = [] } = chosenResource(this);
	const results = documentTypes
		.map((type) => ({ name: `${DOCUMENT_TYPES[type].label} (${type})`, value: type }))
		.filter(({ name }) => fold(name).includes(fold(filter)));
	return { results };
}
