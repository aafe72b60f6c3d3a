import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { chosen } from './context';

/** The document types of the chosen resource that every account starts with. Asks Teamogy nothing. */
export async function searchDocumentTypes(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const { documentTypes = [] } = chosen(this).resource;
	const results = documentTypes
		.filter((type) => type.toLowerCase().includes(filter.toLowerCase()))
		.map((type) => ({ name: type, value: type }));
	return { results };
}
