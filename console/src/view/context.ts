import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Permission } from '../net/permission';
import type { Console } from '../state/console';

export interface AppContext {
  app: Console;
  permission: Permission;
}

export const Context = createContext<AppContext | null>(null);

function useAppContext(): AppContext {
  const context = useContext(Context);
  if (!context) throw new Error('outside of the app');
  return context;
}

export const useApp = (): Console => useAppContext().app;
export const usePermission = (): Permission => useAppContext().permission;
