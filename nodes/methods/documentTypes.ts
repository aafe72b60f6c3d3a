import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { DOCUMENT_TYPES } from '../api/schema/catalog';
import { normalizeForSearch } from '../api/views/normalizeForSearch';
import { chosenResource } from './currentSelection';

/** The document types of the chosen resource that every account starts with. Asks Teamogy nothing. */
export async function searchDocumentTypes(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const { documentTypes = [] } = chosenResource(this);
	const results = documentTypes
		.map((type) => ({ name: `${DOCUMENT_TYPES[type].label} (${type})`, value: type }))
		.filter(({ name }) => normalizeForSearch(name).includes(normalizeForSearch(filter)));
	return { results };
}
