import { createRequire } from 'node:module';
import type { UnconfirmedFields } from './assumptions.mts';

interface Catalog {
	VIEWS: Record<string, string>;
	ENTITIES: Record<string, readonly string[]>;
}
interface Fields {
	getDocumentedFields(entity: string): ReadonlyArray<{ id: string; unconfirmed?: true }>;
}

export interface Names {
	views: string[];
	/** The view that has the records, by entity. */
	entities: Record<string, string>;
	unconfirmed: UnconfirmedFields;
	version: string;
}

/** What the built package knows of Teamogy by name. */
export function readCatalog(root: string): Names {
	const built = createRequire(`${root}/package.json`);
	const { VIEWS, ENTITIES } = built('./dist/nodes/api/schema/catalog.js') as Catalog;
	const { getDocumentedFields } = built('./dist/nodes/api/schema/fields.js') as Fields;
	const { version } = built('./package.json') as { version: string };
	const readable = Object.keys(ENTITIES).filter((entity) => ENTITIES[entity].includes('GET'));
	const unconfirmed = readable.map((entity) => [
		entity,
		getDocumentedFields(entity).flatMap(({ id, unconfirmed: open }) => (open ? [id] : [])),
	]);
	return {
		views: Object.keys(VIEWS),
		// Only units are called otherwise as entities.
		entities: Object.fromEntries(
			readable.map((entity) => [entity, entity === 'agencies' ? 'units' : entity]),
		),
		unconfirmed: Object.fromEntries(unconfirmed.filter(([, fields]) => fields.length)),
		version,
	};
}
