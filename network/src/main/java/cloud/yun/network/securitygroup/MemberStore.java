package cloud.yun.network.securitygroup;

import cloud.yun.kernel.db.Tx;
import cloud.yun.network.api.Batches;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// SQL of the tables `security_group_member`, `security_group_change` and `security_group_host`.
public final class MemberStore {
    /// So many changes of a group are remembered at least; a host that missed more reads all members anew.
    static final long CHANGES_KEPT = 1_000;

    private static final long PRUNED_EVERY = 100;

    /// That a port is in a group with an address (or a block).
    record Member(String groupId, String address) {}

    private final Tx tx;

    public MemberStore(Tx tx) {
        this.tx = tx;
    }

    Set<Member> ofPort(String portId) {
        return new LinkedHashSet<>(tx.query(
                "SELECT group_id, address FROM security_group_member WHERE port_id = ?",
                r -> new Member(r.string("group_id"), r.string("address")),
                portId));
    }

    void add(String portId, Collection<Member> members) {
        if (members.isEmpty()) return;
        tx.batch(
                "INSERT INTO security_group_member (group_id, address, port_id) VALUES (?, ?, ?)",
                members.stream()
                        .map(m -> new Object[] {m.groupId(), m.address(), portId})
                        .toList());
    }

    void remove(String portId, Collection<Member> members) {
        if (members.isEmpty()) return;
        tx.batch(
                "DELETE FROM security_group_member WHERE group_id = ? AND address = ? AND port_id = ?",
                members.stream()
                        .map(m -> new Object[] {m.groupId(), m.address(), portId})
                        .toList());
    }

    /// Counts one change of the group. The row of the group makes concurrent changes wait for each other.
    void changed(String groupId, Collection<String> addresses) {
        long serial = tx.first(
                        "UPDATE security_group SET member_serial = member_serial + 1 WHERE id = ?"
                                + " RETURNING member_serial AS n",
                        r -> r.number("n"),
                        groupId)
                .orElseThrow();
        var rows = new ArrayList<Object[]>();
        for (var address : addresses) rows.add(new Object[] {groupId, serial, address});
        tx.batch("INSERT INTO security_group_change (group_id, serial, address) VALUES (?, ?, ?)", rows);
        if (serial % PRUNED_EVERY == 0)
            tx.update(
                    "DELETE FROM security_group_change WHERE group_id = ? AND serial <= ?",
                    groupId,
                    serial - CHANGES_KEPT);
    }

    /// @return how often the group's members have changed; 0 for a group that is gone
    public long serial(String groupId) {
        return tx.number("SELECT member_serial AS n FROM security_group WHERE id = ?", groupId);
    }

    /// @return whether all changes after `serial` are still remembered
    public boolean remembers(long serial, long newest) {
        return serial <= newest && newest - serial < CHANGES_KEPT;
    }

    public List<String> addresses(String groupId) {
        return tx.query(
                "SELECT DISTINCT address FROM security_group_member WHERE group_id = ? ORDER BY address",
                r -> r.string("address"),
                groupId);
    }

    /// @return addresses touched after `serial`
    public Set<String> touched(String groupId, long serial) {
        return new LinkedHashSet<>(tx.query(
                "SELECT DISTINCT address FROM security_group_change WHERE group_id = ? AND serial > ? ORDER BY address",
                r -> r.string("address"),
                groupId,
                serial));
    }

    /// @return those of the addresses that are members now
    public Set<String> members(String groupId, Collection<String> addresses) {
        var found = new LinkedHashSet<String>();
        for (var part : Batches.of(addresses)) {
            var arguments = new ArrayList<Object>();
            arguments.add(groupId);
            arguments.addAll(part);
            found.addAll(tx.query(
                    "SELECT DISTINCT address FROM security_group_member WHERE group_id = ? AND address IN ("
                            + Tx.marks(part.size()) + ")",
                    r -> r.string("address"),
                    arguments.toArray()));
        }
        return found;
    }

    // ---------------------------------------------------------------- who keeps them

    /// From now on the host is told of the group's changes.
    public void subscribe(String groupId, String host) {
        tx.update("""
                INSERT INTO security_group_host (group_id, host)
                VALUES (?, ?)
                ON CONFLICT (group_id, host) DO NOTHING
                """, groupId, host);
    }

    public void unsubscribe(String groupId, String host) {
        tx.update("DELETE FROM security_group_host WHERE group_id = ? AND host = ?", groupId, host);
    }

    /// @return the hosts that keep the group's members, without those whose agent was deleted
    public List<String> hosts(String groupId) {
        return tx.query("""
                SELECT h.host
                  FROM security_group_host h
                 WHERE h.group_id = ? AND EXISTS (SELECT 1 FROM network_agent a WHERE a.host = h.host)
                 ORDER BY h.host
                """, r -> r.string("host"), groupId);
    }

    /// @return groups that rules of the host's plugged ports name as a remote
    public List<String> namedOn(String host) {
        return tx.query("""
                SELECT DISTINCT r.remote_group_id
                  FROM port p
                  JOIN port_security_group g ON g.port_id = p.id
                  JOIN security_group_rule r ON r.group_id = g.group_id
                 WHERE p.plugged_host = ? AND r.remote_group_id IS NOT NULL
                 ORDER BY r.remote_group_id
                """, r -> r.string("remote_group_id"), host);
    }

    /// @return whether a rule of a plugged port of the host names the group as a remote
    public boolean namedOn(String host, String groupId) {
        return tx.exists("""
                SELECT 1 AS one
                  FROM security_group_rule r
                  JOIN port_security_group g ON g.group_id = r.group_id
                  JOIN port p ON p.id = g.port_id
                 WHERE r.remote_group_id = ? AND p.plugged_host = ?
                 LIMIT 1
                """, groupId, host);
    }
}
