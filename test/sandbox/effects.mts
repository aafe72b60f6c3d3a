import { isBookable, journalLines } from './data/documents.mts';
import { isObject, type Store } from './store.mts';
import type { StoredRecord } from './types.mts';

/** Does what the app does when a record is saved: it books an approved invoice and makes records of a company's brands. */
export function applyEffects(store: Store, collection: string, saved: StoredRecord): void {
	if (collection === 'documents' && isBookable(saved)) {
		if (!store.list('journal').some((line) => line.documentId === saved.id)) {
			for (const line of journalLines(saved)) store.insert('journal', line, true);
		}
	}
	if (collection === 'companies' && Array.isArray(saved.brands)) {
		const known = new Set(
			store.list('brands').flatMap((brand) => (brand.companyId === saved.id ? [brand.name] : [])),
		);
		for (const brand of saved.brands) {
			const name: unknown = isObject(brand) ? brand.name : undefined;
			if (typeof name === 'string' && !known.has(name)) {
				store.insert('brands', { name, companyId: saved.id }, true);
				known.add(name);
			}
		}
	}
}
