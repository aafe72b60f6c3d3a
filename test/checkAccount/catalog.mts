import type { UnconfirmedFields } from './assumptions.mts';
import { requireBuilt } from './builtPackage.mts';

interface Catalog {
	VIEWS: Record<string, string>;
	ENTITIES: Record<string, readonly string[]>;
}
interface Fields {
	getDocumentedFields(entity: string): ReadonlyArray<{ id: string; unconfirmed?: true }>;
}

export interface Names {
	views: string[];
	/** The view that shows the records, by entity. */
	entities: Record<string, string>;
	unconfirmed: UnconfirmedFields;
	version: string;
}

/** Reads the names of views, entities and fields from the built package. */
export function readCatalog(): Names {
	const { VIEWS, ENTITIES } = requireBuilt<Catalog>('./dist/nodes/api/schema/catalog.js');
	const { getDocumentedFields } = requireBuilt<Fields>('./dist/nodes/api/schema/fields.js');
	const { version } = requireBuilt<{ version: string }>('./package.json');
	const readable = Object.keys(ENTITIES).filter((entity) => ENTITIES[entity].includes('GET'));
	const unconfirmed = readable.map((entity) => [
		entity,
		getDocumentedFields(entity).flatMap(({ id, unconfirmed: isOpen }) => (isOpen ? [id] : [])),
	]);
	return {
		views: Object.keys(VIEWS),
		// Business units alone have two names: the entity `agencies` and the view `units` (CLIENT).
		entities: Object.fromEntries(
			readable.map((entity) => [entity, entity === 'agencies' ? 'units' : entity]),
		),
		unconfirmed: Object.fromEntries(unconfirmed.filter(([, fields]) => fields.length)),
		version,
	};
}
