package io.percred.conformance;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** A contact, as Hibernate maps it. */
@Entity
@Table(name = "contact")
class Contact {
  @Id private int id;

  @Column(nullable = false)
  private String owner = "";

  @Column(nullable = false)
  private String name = "";

  private @Nullable String mail;

  /** For Hibernate. */
  protected Contact() {}

  void mail(String mail) {
    this.mail = mail;
  }

  @Override
  public String toString() {
    return id + " " + owner + " " + name + " " + mail;
  }
}
