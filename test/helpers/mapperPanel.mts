/**
 * The mapping that n8n's editor keeps when it loads the list of fields. The editor's code is a Vue component in the
 * package n8n-editor-ui and cannot be called by itself. This follows `ResourceMapper` there as read in 1.123, 2.0, 2.20,
 * 2.30 and 2.41. A test in the browser (test/e2e) compares with the newest version.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ResourceMapperField } from 'n8n-workflow';

export interface SavedMapping {
	mappingMode?: string;
	value?: Record<string, unknown> | null;
	matchingColumns?: string[];
	schema?: Array<Partial<ResourceMapperField> & { id: string }>;
}

/** The mapping as the editor saves it with the loaded fields. `old` is the behaviour before n8n 2.30. */
export function saveMapping(
	saved: SavedMapping,
	fields: ResourceMapperField[],
	{ old = false } = {},
): SavedMapping {
	const mapping = { schema: [], ...structuredClone(saved) };
	const { value = {} } = mapping;
	const schema = structuredClone(fields).map((field) => {
		const known = mapping.schema.find(({ id }) => id === field.id);
		if (known) field.removed = old ? known.removed : (known.removed ?? field.removed ?? false);
		else if (value !== null && !(field.id in value)) field.removed = false;
		return field;
	});
	if (isDeepStrictEqual(schema, mapping.schema)) return mapping;
	const names = new Set(schema.map(({ id }) => id));
	const kept = Object.entries(value ?? {}).filter(([id, one]) => one !== null && names.has(id));
	return { ...mapping, schema, value: value && Object.fromEntries(kept) };
}
