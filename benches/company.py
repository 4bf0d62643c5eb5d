"""What happens in a company between two syncs, and what a delta must have found of it."""
import people as ldif

# Of ten people who are changed in a round one leaves, and one changes in something that is not mapped.
CHANGED = 10
ACTIVE = {"slapd": "active: \"employeeType != 'left'\"", "samba": ""}


def title(dn, text):
    """Somebody gets another title."""
    return f"dn: {dn}\nchangetype: modify\nreplace: title\n{ldif.av('title', text)}\n"


class Company:
    """Who changes, and how; nobody twice."""

    def __init__(self, at, kind, people, by_time):
        self.at, self.kind, self.people, self.by_time = at, kind, people, by_time
        self.round = 0

    def change(self):
        """Changes ten people, all over the directory."""
        step, first = self.people // CHANGED, self.round
        self.round += 1
        self.at.directory.modify("".join(self.one(which, first + which * step) for which in range(CHANGED)))

    def one(self, which, number):
        mail = ("mail", f"moved.{number}@corp.example.com")
        if self.kind == "slapd":
            leaving, unmapped = ("employeeType", "left"), ("departmentNumber", "9999")
            mapped = [("title", "Head of Everything"), ("l", "Genève"), ("ou", "Reorganised"), mail,
                      ("telephoneNumber", f"+41 22 {number:07}"), ("sn", "Married")]
        else:
            leaving, unmapped = ("userAccountControl", "514"), ("displayName", "Somebody Else")
            mapped = [("title", "Head of Everything"), ("department", "Reorganised"), mail, ("sn", "Married")]
        name, value = leaving if which == 0 else unmapped if which == 1 else mapped[which % len(mapped)]
        return f"dn: {self.at.directory.dn(number)}\nchangetype: modify\nreplace: {name}\n{ldif.av(name, value)}\n"

    def check(self, done, changed):
        """A run was a delta, and found this many changes; by time it sees those of the last minutes again."""
        read, members, delivery = done["read"], done["members"], done["delivery"]
        assert read["mode"] == "delta" and done["result"] == "ok", done
        assert read["entries"] == changed or self.by_time and read["entries"] >= changed, done
        assert members["left"] == (changed > 0) and members["changed"] == max(0, changed - 2), done
        assert members["unchanged"] == read["entries"] - members["left"] - members["changed"], done
        assert members["joined"] == members["returned"] == members["invalid"] == 0, done
        assert delivery["confirmed"] == max(0, changed - 1) and delivery["pending"] == delivery["held"] == 0, done
